package org.counterweight.jobs.guide;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.counterweight.config.ConfigException;
import org.counterweight.config.Configs;
import org.counterweight.guide.GuidanceConfig;
import org.counterweight.guide.GuidancePlan;
import org.counterweight.weights.Staged;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The weights of all steps as JSON: {@code guidance_schedule} in scale, as pipelines of diffusers take a list, and
 * {@code omega}; {@code evaluations} of the model at each; {@code settings} that they were made by.
 */
public final class GuidanceFile {
    private GuidanceFile() {}

    /** @throws ConfigException if the file is there and may not be replaced */
    public static void write(Path file, GuidanceConfig config, GuidancePlan plan, boolean replace) {
        if (Files.exists(file) && !replace) {
            throw new ConfigException(file + ": is there already; name another, or add --overwrite");
        }
        try (Staged staged = Staged.file(file)) {
            Files.writeString(staged.path(), json(config, plan).toPrettyString() + "\n");
            staged.commit();
        } catch (IOException e) {
            throw new UncheckedIOException(file + ": cannot be written: " + e.getMessage(), e);
        }
    }

    static ObjectNode json(GuidanceConfig config, GuidancePlan plan) {
        ObjectNode json = Configs.JSON.createObjectNode();
        ArrayNode scale = json.putArray("guidance_schedule");
        ArrayNode omega = json.putArray("omega");
        ArrayNode evaluations = json.putArray("evaluations");
        for (GuidancePlan.Step step : plan.steps()) {
            scale.add(step.scale());
            omega.add(step.omega());
            evaluations.add(step.evaluations());
        }
        json.set("settings", Configs.tree(config));
        return json;
    }
}
