package org.counterweight.model.zoo.llama;

import org.counterweight.model.config.ConfigJson;
import org.counterweight.model.part.attention.Rope;
import org.counterweight.model.zoo.decoder.Decoder;
import org.counterweight.model.zoo.family.Family;

/**
 * OLMo 3: OLMo 2 with a window in three layers of four, whose rotary positions are never stretched. T. OLMo et al., "OLMo 3",
 * 2025.
 */
public final class Olmo3 {
    private static final double THETA = 5e5;

    public static final Family FAMILY = Family.decoder("olmo3", "Olmo3", (config, head) -> {
                var plan = Olmo2.plan(config, head);
                ConfigJson parameters = config.at("rope_parameters");
                plan.localLayers(
                        layer -> (layer + 1) % 4 != 0,
                        new Decoder.Kind(
                                config.countOrNone("sliding_window", 4096),
                                Rope.of(
                                        config,
                                        parameters.at("sliding_attention"),
                                        config.number("rope_theta", THETA))),
                        new Decoder.Kind(0, everywhere(config, parameters.at("full_attention"))));
                return plan.decoder();
            })
            .without("Olmo3ForTokenClassification");

    private Olmo3() {}

    /** Older files have {@code rope_theta} and {@code rope_scaling}. */
    private static Rope everywhere(ConfigJson config, ConfigJson parameters) {
        return parameters.tree().isEmpty() ? Rope.of(config, THETA) : Rope.of(config, parameters, THETA);
    }
}
