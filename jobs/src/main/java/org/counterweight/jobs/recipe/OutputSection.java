package org.counterweight.jobs.recipe;

import org.counterweight.config.ConfigException;
import org.counterweight.config.Setting;
import org.counterweight.jobs.recipe.data.HomeDirectory;
import org.jspecify.annotations.Nullable;

/** What is written, and where. */
public record OutputSection(
        @Setting(value = "Directory of the run; null for runs/ and the recipe's name", defaultsTo = "null") @Nullable
        String directory,

        @Setting(value = "Title of the report; null for the recipe's name", defaultsTo = "null") @Nullable
        String title,

        @Setting(
                value = "Format of adapter/: auto is PEFT's where it has one, else our own",
                defaultsTo = "\"auto\"",
                oneOf = {"auto", "peft", "own", "adapterhub", "sorsa", "bone"})
        AdapterFormat adapterFormat,

        @Setting(value = "Write the model with the adapter merged into it", defaultsTo = "true")
        boolean merged,

        @Setting(
                value = "Also evaluate a baseline: the head alone, trained on the frozen model; for a model that"
                        + " starts from random weights, the majority class",
                defaultsTo = "true")
        boolean baseline) {

    public OutputSection {
        directory = HomeDirectory.expandedOrNull(directory);
        if (directory != null && directory.isBlank()) {
            throw new ConfigException("output.directory", directory, "a directory, or null");
        }
    }
}
