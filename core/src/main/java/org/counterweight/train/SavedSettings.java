package org.counterweight.train;

import java.nio.file.Path;
import org.counterweight.config.Configs;
import org.counterweight.train.state.TrainingException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The settings that a checkpoint was written under, compared with those of the run that takes it up. */
final class SavedSettings {
    private SavedSettings() {}

    /**
     * As texts: what was read back may hold an int where the record holds a long. A setting that there was not yet had the
     * effect of its default.
     *
     * @throws TrainingException naming the first that differs, how often checkpoints are written aside
     */
    static void check(Path file, ObjectNode saved, TrainConfig config) {
        ObjectNode present = Configs.tree(config);
        ObjectNode defaults = Configs.tree(Configs.defaults(TrainConfig.class));
        for (String key : present.propertyNames()) {
            JsonNode before = completed(saved.path(key), present.get(key), defaults.path(key));
            if (!key.equals("checkpoint_every") && !present.get(key).toString().equals(before.toString())) {
                throw new TrainingException(file + ": was written by a run with " + key + ": " + before
                        + ", this one has " + present.get(key) + "; resume with the same settings, or start anew");
            }
        }
    }

    /** With the defaults of what was not known then, at whatever depth. */
    private static JsonNode completed(JsonNode saved, JsonNode present, JsonNode defaults) {
        if (saved.isMissingNode()) {
            return defaults;
        }
        if (!saved.isObject() || !present.isObject()) {
            return saved;
        }
        ObjectNode all = Configs.JSON.createObjectNode();
        present.propertyNames()
                .forEach(key -> all.set(key, completed(saved.path(key), present.path(key), defaults.path(key))));
        saved.properties().forEach(entry -> all.putIfAbsent(entry.getKey(), entry.getValue()));
        return all;
    }
}
