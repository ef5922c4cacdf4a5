package org.counterweight.jobs.train;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import org.counterweight.config.ConfigException;
import org.counterweight.jobs.recipe.Recipe;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A run that is continued.
 *
 * @param file its recipe, as it was written when it began
 */
record BegunRun(Path file) {
    /** Refuses to go on with a run under other settings than it began with. */
    void checkUnchanged(Recipe recipe) {
        ObjectNode before = read().tree();
        ObjectNode now = recipe.tree();
        for (String section : Recipe.deciding()) {
            String key = difference(section, before.path(section), now.path(section));
            if (key != null) {
                String pointer = "/" + key.replace('.', '/');
                throw new ConfigException(
                        key + ": " + shown(now.at(pointer)) + ", but " + file + " has " + shown(before.at(pointer))
                                + "; resume with the same settings, or start anew with --overwrite");
            }
        }
    }

    private static String shown(JsonNode value) {
        return value.isMissingNode() ? "nothing" : value.toString();
    }

    private Recipe read() {
        try {
            return Recipe.read(file, List.of());
        } catch (IOException e) {
            throw new UncheckedIOException(file + ": cannot be read: " + e.getMessage(), e);
        }
    }

    /** The first setting that is not the same, how often checkpoints are written aside; null if there is none. */
    private static @Nullable String difference(String path, JsonNode before, JsonNode now) {
        if (before instanceof ObjectNode old && now instanceof ObjectNode present) {
            for (String key : present.propertyNames()) {
                String found = difference(path + "." + key, old.path(key), present.path(key));
                if (found != null) {
                    return found;
                }
            }
            return null;
        }
        boolean same =
                path.equals("train.checkpoint_every") || before.toString().equals(now.toString());
        return same ? null : path;
    }
}
