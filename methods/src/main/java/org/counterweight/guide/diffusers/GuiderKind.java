package org.counterweight.guide.diffusers;

import java.util.Arrays;
import java.util.List;
import java.util.function.BiFunction;
import org.counterweight.config.ConfigException;
import org.counterweight.config.Nearest;
import org.counterweight.guide.Convention;
import org.counterweight.guide.rule.AdaptiveProjected;
import org.counterweight.guide.rule.ClassifierFree;
import org.counterweight.guide.rule.Guider;
import org.counterweight.guide.rule.MagnitudeAware;
import org.counterweight.guide.rule.Tangential;
import org.counterweight.guide.rule.ZeroStar;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** diffusers' classes of guiders, with the defaults of their settings. */
public enum GuiderKind {
    CLASSIFIER_FREE(
            "ClassifierFreeGuidance",
            7.5,
            List.of("guidance_rescale"),
            (convention, settings) -> new ClassifierFree(convention, rescale(settings))),
    /** The same rule; the prediction in the place of the unconditional one is that of a weaker model. */
    AUTO(
            "AutoGuidance",
            7.5,
            List.of("auto_guidance_layers", "auto_guidance_config", "dropout", "guidance_rescale"),
            (convention, settings) -> new ClassifierFree(convention, rescale(settings))),
    ADAPTIVE_PROJECTED(
            "AdaptiveProjectedGuidance",
            7.5,
            List.of(
                    "adaptive_projected_guidance_momentum",
                    "adaptive_projected_guidance_rescale",
                    "eta",
                    "guidance_rescale"),
            GuiderKind::projected),
    ZERO_STAR(
            "ClassifierFreeZeroStarGuidance",
            7.5,
            List.of("zero_init_steps", "guidance_rescale"),
            (convention, settings) ->
                    new ZeroStar(convention, settings.path("zero_init_steps").asInt(1), rescale(settings))),
    MAGNITUDE_AWARE(
            "MagnitudeAwareGuidance",
            10,
            List.of("alpha", "guidance_rescale"),
            (convention, settings) ->
                    new MagnitudeAware(convention, settings.path("alpha").asDouble(8), rescale(settings))),
    TANGENTIAL(
            "TangentialClassifierFreeGuidance",
            7.5,
            List.of("guidance_rescale"),
            (convention, settings) -> new Tangential(convention, rescale(settings)));

    private final String className;
    private final double usualScale;
    private final List<String> keys;
    private final BiFunction<Convention, ObjectNode, Guider> create;

    GuiderKind(
            String className, double usualScale, List<String> keys, BiFunction<Convention, ObjectNode, Guider> create) {
        this.className = className;
        this.usualScale = usualScale;
        this.keys = keys;
        this.create = create;
    }

    static GuiderKind named(String className, String origin) {
        List<String> all = Arrays.stream(values()).map(GuiderKind::className).toList();
        return Arrays.stream(values())
                .filter(kind -> kind.className.equals(className))
                .findFirst()
                .orElseThrow(() -> new ConfigException(origin + ": _class_name: \"" + className
                        + "\" is no guider that is known here" + Nearest.hint(className, all, "Known:")));
    }

    String className() {
        return className;
    }

    double usualScale() {
        return usualScale;
    }

    List<String> keys() {
        return keys;
    }

    Guider create(Convention convention, ObjectNode settings) {
        return create.apply(convention, settings);
    }

    private static double rescale(ObjectNode settings) {
        return settings.path("guidance_rescale").asDouble(0);
    }

    private static Guider projected(Convention convention, ObjectNode settings) {
        JsonNode momentum = settings.path("adaptive_projected_guidance_momentum");
        return new AdaptiveProjected(
                new AdaptiveProjected.Settings(
                        momentum.isNumber() ? momentum.asDouble() : null,
                        settings.path("adaptive_projected_guidance_rescale").asDouble(15),
                        settings.path("eta").asDouble(1),
                        rescale(settings)),
                convention);
    }
}
