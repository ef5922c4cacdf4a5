package org.counterweight.jobs.recipe.program;

import org.counterweight.config.Checks;
import org.counterweight.config.ConfigException;
import org.counterweight.config.Setting;
import org.jspecify.annotations.Nullable;

/** One client of a federation, beside its data. */
public record ClientSection(
        @Setting(value = "Its name in messages and reports; unique", example = "\"hospital\"")
        String name,

        @Setting(value = "Whether it is the one whose model is wanted", defaultsTo = "false")
        boolean target,

        @Setting(
                value = "To rehearse failures: the round from which it dies in mid-training; null for never",
                defaultsTo = "null",
                range = "at least 1")
        @Nullable
        Integer failsFrom,

        @Setting(
                value = "To rehearse slow clients: seconds that it waits in each round before it begins",
                defaultsTo = "0.0",
                range = "at least 0; seconds")
        double delaySeconds) {
    public ClientSection {
        Checks.ranges(ClientSection.class, "clients", failsFrom, delaySeconds);
        if (name.isBlank() || name.contains("/")) {
            throw new ConfigException("clients.name", name, "a name without slashes");
        }
    }
}
