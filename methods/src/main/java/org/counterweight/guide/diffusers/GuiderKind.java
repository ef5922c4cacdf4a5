package org.counterweight.guide.diffusers;

import java.util.ArrayList;
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
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * diffusers' classes of guiders, with the defaults of their settings. Some need predictions that only diffusers' own networks
 * give: their files are read and written, and no guider is made of them.
 */
public enum GuiderKind {
    CLASSIFIER_FREE(
            "ClassifierFreeGuidance",
            7.5,
            List.of(),
            (convention, settings) -> new ClassifierFree(convention, rescale(settings))),
    /** The same rule; the prediction in place of the unconditional one is that of a weaker model. */
    AUTO(
            "AutoGuidance",
            7.5,
            List.of("auto_guidance_layers", "auto_guidance_config", "dropout"),
            (convention, settings) -> new ClassifierFree(convention, rescale(settings))),
    ADAPTIVE_PROJECTED(
            "AdaptiveProjectedGuidance",
            7.5,
            List.of(
                    "adaptive_projected_guidance_momentum",
                    "adaptive_projected_guidance_rescale",
                    "adaptive_projected_guidance_norm_dim",
                    "eta"),
            (convention, settings) -> new AdaptiveProjected(projected(settings), convention)),
    ZERO_STAR(
            "ClassifierFreeZeroStarGuidance",
            7.5,
            List.of("zero_init_steps"),
            (convention, settings) ->
                    new ZeroStar(convention, settings.count("zero_init_steps", 1), rescale(settings))),
    MAGNITUDE_AWARE(
            "MagnitudeAwareGuidance",
            10,
            List.of("alpha"),
            (convention, settings) -> new MagnitudeAware(convention, settings.number("alpha", 8), rescale(settings))),
    TANGENTIAL(
            "TangentialClassifierFreeGuidance",
            7.5,
            List.of(),
            (convention, settings) -> new Tangential(convention, rescale(settings))),
    /** Asks the network with its attention disturbed besides. A. Ahn et al., ECCV 2024. */
    PERTURBED_ATTENTION(
            "PerturbedAttentionGuidance",
            7.5,
            List.of(
                    "perturbed_guidance_scale",
                    "perturbed_guidance_start",
                    "perturbed_guidance_stop",
                    "perturbed_guidance_layers",
                    "skip_layer_guidance_scale",
                    "skip_layer_guidance_start",
                    "skip_layer_guidance_stop",
                    "skip_layer_guidance_layers",
                    "skip_layer_config"),
            null),
    /** Asks the network without some of its layers besides. */
    SKIP_LAYER(
            "SkipLayerGuidance",
            7.5,
            List.of(
                    "skip_layer_guidance_scale",
                    "skip_layer_guidance_start",
                    "skip_layer_guidance_stop",
                    "skip_layer_guidance_layers",
                    "skip_layer_config"),
            null),
    /** A weight for each level of a Laplacian pyramid: S. Sadat et al., 2025. */
    FREQUENCY_DECOUPLED(
            "FrequencyDecoupledGuidance",
            Double.NaN,
            List.of("guidance_scales", "parallel_weights", "guidance_rescale_space", "start", "stop"),
            null);

    private static final String RESCALE = "guidance_rescale";

    private final String className;
    private final double usualScale;
    private final List<String> keys;
    private final @Nullable BiFunction<Convention, Keys, Guider> create;

    GuiderKind(
            String className,
            double usualScale,
            List<String> keys,
            @Nullable BiFunction<Convention, Keys, Guider> create) {
        this.className = className;
        this.usualScale = usualScale;
        var all = new ArrayList<>(keys);
        all.add("guidance_rescale");
        this.keys = List.copyOf(all);
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

    /** Whether {@code guidance_scale} is one of its settings. */
    boolean hasOneScale() {
        return !Double.isNaN(usualScale);
    }

    /** Whether what it asks of a network can be asked here. */
    boolean isComputed() {
        return create != null;
    }

    List<String> keys() {
        return keys;
    }

    Guider create(Convention convention, Keys settings) {
        if (create == null) {
            throw new ConfigException(className + " needs what only a pipeline of diffusers asks of its network;"
                    + " its file is read and written here, and nothing is guided by it. Take ClassifierFreeGuidance");
        }
        return create.apply(convention, settings);
    }

    static double rescale(Keys settings) {
        return settings.number(RESCALE, 0);
    }

    static AdaptiveProjected.Settings projected(Keys settings) {
        return new AdaptiveProjected.Settings(
                settings.numberOrNull("adaptive_projected_guidance_momentum"),
                settings.number("adaptive_projected_guidance_rescale", 15),
                settings.number("eta", 1),
                rescale(settings),
                dims(settings, "adaptive_projected_guidance_norm_dim"));
    }

    /** Of one or several dimensions; none for all of a row. */
    private static List<Long> dims(Keys settings, String key) {
        if (settings.isNull(key)) {
            return List.of();
        }
        JsonNode value = settings.file().get(key);
        var dims = new ArrayList<Long>();
        for (JsonNode dim : value.isArray() ? value : List.of(value)) {
            if (!dim.isIntegralNumber() || dim.asLong() == 0) {
                throw settings.refused(key, value, "a dimension behind that of the rows, or a list of them");
            }
            dims.add(dim.asLong());
        }
        return dims;
    }
}
