package org.counterweight.model.zoo.llama;

import org.counterweight.model.part.attention.Rope;
import org.counterweight.model.zoo.decoder.Decoder;
import org.counterweight.model.zoo.decoder.DecoderPlan;
import org.counterweight.model.zoo.decoder.DecoderPlan.Defaults;
import org.counterweight.model.zoo.family.Family;

/** Mistral: Llama with a sliding window. A. Q. Jiang et al., "Mistral 7B", 2023. */
public final class Mistral {
    static final Defaults DEFAULTS = new Defaults(32000, 4096, 14336, 32, 32, 8, 0);

    public static final Family FAMILY = Family.decoder("mistral", "Mistral", (config, head) -> {
        var plan = new DecoderPlan(config, head, DEFAULTS);
        plan.everyLayer(config.countOrNone("sliding_window", 4096), Rope.of(config, 10000));
        return plan.decoder();
    });

    /** Ministral: a window where {@code layer_types} says so. */
    public static final Family OF_WINDOWS = Family.decoder("ministral", "Ministral", (config, head) -> {
        var plan = new DecoderPlan(config, head, DEFAULTS);
        Rope rope = Rope.of(config, 10000);
        int window = config.countOrNone("sliding_window", 4096);
        plan.localLayers(layer -> true, new Decoder.Kind(window, rope), new Decoder.Kind(0, rope));
        return plan.decoder();
    });

    private Mistral() {}
}
