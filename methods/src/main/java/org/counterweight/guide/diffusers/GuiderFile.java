package org.counterweight.guide.diffusers;

import java.util.ArrayList;
import java.util.List;
import org.counterweight.config.ConfigException;
import org.counterweight.config.Configs;
import org.counterweight.config.Nearest;
import org.counterweight.guide.Convention;
import org.counterweight.guide.GuidanceConfig;
import org.counterweight.guide.ShapeName;
import org.counterweight.guide.rule.Guider;
import tools.jackson.databind.node.ObjectNode;

/**
 * A {@code guider_config.json}: a constant weight, and the part of the steps in which it holds.
 *
 * @param kind which guider
 * @param scale {@code guidance_scale}, in the convention
 * @param start the share of the steps before guidance begins
 * @param stop the share of the steps after which it has ended
 * @param enabled whether there is any
 * @param settings all others, by diffusers' names
 */
public record GuiderFile(
        GuiderKind kind,
        Convention convention,
        double scale,
        double start,
        double stop,
        boolean enabled,
        ObjectNode settings) {
    private static final String CLASS = "_class_name";
    private static final String SCALE = "guidance_scale";
    private static final String ORIGINAL = "use_original_formulation";
    private static final String START = "start";
    private static final String STOP = "stop";
    private static final String ENABLED = "enabled";
    private static final List<String> COMMON = List.of(CLASS, SCALE, ORIGINAL, START, STOP, ENABLED);

    /**
     * Reads it.
     *
     * @param origin for messages
     * @throws ConfigException if the class or a key is unknown, or a value out of range
     */
    public static GuiderFile of(ObjectNode file, String origin) {
        var keys = new Keys(file, origin);
        GuiderKind kind = GuiderKind.named(keys.word(CLASS, ""), origin);
        ObjectNode settings = Configs.JSON.createObjectNode();
        var known = new ArrayList<>(COMMON);
        known.add("_diffusers_version");
        known.addAll(kind.keys());
        for (String key : file.propertyNames()) {
            if (!known.contains(key)) {
                throw new ConfigException(origin + ": " + key + " is unknown with " + kind.className()
                        + Nearest.hint(key, known, "Known:"));
            }
            if (!COMMON.contains(key) || kind.keys().contains(key)) {
                settings.set(key, file.get(key));
            }
        }
        double start = settings.has(START) ? 0 : keys.share(START, 0);
        double stop = settings.has(STOP) ? 1 : keys.share(STOP, 1);
        if (start > stop) {
            throw new ConfigException(origin + ": start", start, "a share of at most stop, " + stop);
        }
        var read = new GuiderFile(
                kind,
                keys.flag(ORIGINAL, false) ? Convention.OMEGA : Convention.SCALE,
                keys.number(SCALE, kind.usualScale()),
                start,
                stop,
                keys.flag(ENABLED, true),
                settings);
        if (kind.isComputed()) {
            read.guider().close(); // refuses wrong settings here, with the file's name
        }
        return read;
    }

    /**
     * A guider that begins anew.
     *
     * @throws ConfigException if its predictions cannot be had here
     */
    public Guider guider() {
        return kind.create(convention, new Keys(settings, kind.className()));
    }

    /** The weight at a step: from {@code int(start N)} to before {@code int(stop N)}, else the neutral one. */
    public double weight(int step, int steps) {
        boolean holds = enabled && (int) (start * steps) <= step && step < (int) (stop * steps);
        return holds ? scale : convention.neutral();
    }

    /** The weights of all steps, as a schedule. */
    public GuidanceConfig schedule() {
        return GuidanceConfig.of(ShapeName.STATIC, enabled ? scale : convention.neutral(), convention)
                .between(start, stop);
    }

    /** As diffusers writes it. */
    public ObjectNode json() {
        ObjectNode file = Configs.JSON.createObjectNode();
        file.put(CLASS, kind.className());
        if (kind.hasOneScale()) {
            file.put(SCALE, scale);
        }
        file.put(ORIGINAL, convention == Convention.OMEGA);
        file.put(START, start);
        file.put(STOP, stop);
        file.put(ENABLED, enabled);
        settings.propertyNames().forEach(key -> file.set(key, settings.get(key)));
        return file;
    }
}
