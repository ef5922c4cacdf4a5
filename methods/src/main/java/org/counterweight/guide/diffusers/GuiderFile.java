package org.counterweight.guide.diffusers;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.counterweight.config.ConfigException;
import org.counterweight.config.Configs;
import org.counterweight.config.Nearest;
import org.counterweight.guide.Convention;
import org.counterweight.guide.rule.Guider;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A {@code guider_config.json}: a constant weight, and the part of the steps in which it holds.
 *
 * @param kind which guider
 * @param scale {@code guidance_scale}, in the convention
 * @param start the share of the steps before guidance begins
 * @param stop the share of the steps after which it has ended
 * @param enabled whether there is any
 * @param settings those of the kind, by diffusers' names
 */
public record GuiderFile(
        GuiderKind kind,
        Convention convention,
        double scale,
        double start,
        double stop,
        boolean enabled,
        ObjectNode settings) {
    private static final List<String> COMMON = List.of(
            "_class_name",
            "_diffusers_version",
            "guidance_scale",
            "use_original_formulation",
            "start",
            "stop",
            "enabled");

    /**
     * Reads it.
     *
     * @param origin for messages
     * @throws ConfigException if the class or a key is unknown, or a value out of range
     */
    public static GuiderFile of(ObjectNode file, String origin) {
        GuiderKind kind = GuiderKind.named(file.path("_class_name").asString(""), origin);
        ObjectNode settings = Configs.JSON.createObjectNode();
        var known = new ArrayList<>(COMMON);
        known.addAll(kind.keys());
        for (String key : file.propertyNames()) {
            if (!known.contains(key)) {
                throw new ConfigException(origin + ": " + key + " is unknown with " + kind.className()
                        + Nearest.hint(key, known, "Known:"));
            }
            if (!COMMON.contains(key)) {
                settings.set(key, file.get(key));
            }
        }
        double start = share(file, "start", 0, origin);
        double stop = share(file, "stop", 1, origin);
        if (start > stop) {
            throw new ConfigException(origin + ": start", start, "a share of at most stop, " + stop);
        }
        return new GuiderFile(
                kind,
                file.path("use_original_formulation").asBoolean(false) ? Convention.OMEGA : Convention.SCALE,
                file.path("guidance_scale").asDouble(kind.usualScale()),
                start,
                stop,
                file.path("enabled").asBoolean(true),
                settings);
    }

    private static double share(ObjectNode file, String key, double usual, String origin) {
        double value = file.path(key).asDouble(usual);
        if (!(value >= 0 && value <= 1)) {
            throw new ConfigException(origin + ": " + key, value, "a share from 0 to 1");
        }
        return value;
    }

    /** A guider that begins anew. */
    public Guider guider() {
        return kind.create(convention, settings);
    }

    /** The weight at a step: from {@code int(start N)} to before {@code int(stop N)}, else the neutral one. */
    public double weight(int step, int steps) {
        boolean holds = enabled && (int) (start * steps) <= step && step < (int) (stop * steps);
        return holds ? scale : convention.neutral();
    }

    /** The weights of all steps. */
    public double[] weights(int steps) {
        double[] weights = new double[steps];
        Arrays.setAll(weights, i -> weight(i, steps));
        return weights;
    }

    /** As diffusers writes it. */
    public ObjectNode json() {
        ObjectNode file = Configs.JSON.createObjectNode();
        file.put("_class_name", kind.className());
        file.put("guidance_scale", scale);
        file.put("use_original_formulation", convention == Convention.OMEGA);
        file.put("start", start);
        file.put("stop", stop);
        file.put("enabled", enabled);
        for (String key : settings.propertyNames()) {
            JsonNode value = settings.get(key);
            file.set(key, value);
        }
        return file;
    }
}
