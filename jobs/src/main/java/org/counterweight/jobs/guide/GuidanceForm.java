package org.counterweight.jobs.guide;

import java.util.stream.Collectors;
import org.counterweight.config.ConfigException;
import org.counterweight.config.Configs;
import org.counterweight.guide.GuidancePlan;
import org.counterweight.guide.diffusers.GuiderDraw;
import org.counterweight.jobs.guide.choice.GuidanceChoice;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** What a schedule is written as, for this program and for others. */
public enum GuidanceForm {
    /**
     * {@code guidance_schedule} in scale, as pipelines of diffusers take a list, and {@code omega}; {@code evaluations} of the
     * model at each step; {@code settings} that they were made by.
     */
    JSON {
        @Override
        String text(GuidanceChoice choice, GuidancePlan plan) {
            return json(choice, plan).toPrettyString();
        }
    },
    /** The weights in scale alone, a JSON array: the argument {@code guidance_schedule} of diffusers' pipelines. */
    LIST {
        @Override
        String text(GuidanceChoice choice, GuidancePlan plan) {
            return scale(plan).toString();
        }
    },
    /** The weights in scale with commas between, as ComfyUI's nodes for lists of numbers take them. */
    COMFYUI {
        @Override
        String text(GuidanceChoice choice, GuidancePlan plan) {
            return plan.steps().stream()
                    .map(step -> String.valueOf(step.scale()))
                    .collect(Collectors.joining(", "));
        }
    },
    /** diffusers' {@code guider_config.json}, of a constant weight and a part of the steps. */
    GUIDER {
        @Override
        String text(GuidanceChoice choice, GuidancePlan plan) {
            try {
                return GuiderDraw.file(choice.guidance(), choice.draw()).json().toPrettyString();
            } catch (ConfigException e) {
                throw new ConfigException("--form guider: " + e.getMessage(), e);
            }
        }
    };

    /** What is written, without an end of line. */
    abstract String text(GuidanceChoice choice, GuidancePlan plan);

    static ObjectNode json(GuidanceChoice choice, GuidancePlan plan) {
        ObjectNode json = Configs.JSON.createObjectNode();
        json.set("guidance_schedule", scale(plan));
        ArrayNode omega = json.putArray("omega");
        ArrayNode evaluations = json.putArray("evaluations");
        for (GuidancePlan.Step step : plan.steps()) {
            omega.add(step.omega());
            evaluations.add(step.evaluations());
        }
        json.set("settings", Configs.tree(choice.guidance()));
        return json;
    }

    private static ArrayNode scale(GuidancePlan plan) {
        ArrayNode scale = Configs.JSON.createArrayNode();
        plan.steps().forEach(step -> scale.add(step.scale()));
        return scale;
    }
}
