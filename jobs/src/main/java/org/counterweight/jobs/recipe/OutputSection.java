package org.counterweight.jobs.recipe;

import org.counterweight.config.ConfigException;
import org.counterweight.config.Setting;
import org.jspecify.annotations.Nullable;

/** What is written, and where. */
public record OutputSection(
        @Setting(value = "Directory of the run; null for runs/ and the recipe's name", defaultsTo = "null") @Nullable
        String directory,

        @Setting(value = "Title of the report; null for the recipe's name", defaultsTo = "null") @Nullable
        String title,

        @Setting(
                value = "Form of adapter/: auto is PEFT's where it has one, else our own",
                defaultsTo = "\"auto\"",
                oneOf = {"auto", "peft", "own", "adapterhub", "sorsa", "bone"})
        AdapterFormat adapterFormat,

        @Setting(value = "Write the model with the adapter merged into it", defaultsTo = "true")
        boolean merged,

        @Setting(
                value = "Also train the head alone on the frozen model, to hold the result against",
                defaultsTo = "true")
        boolean baseline) {

    public OutputSection {
        directory = directory == null ? null : HomeDirectory.expanded(directory);
        if (directory != null && directory.isBlank()) {
            throw new ConfigException("output.directory", directory, "a directory, or null");
        }
    }
}
