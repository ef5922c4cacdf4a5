package org.counterweight.model.zoo.llama;

import org.counterweight.model.zoo.decoder.DecoderPlan;
import org.counterweight.model.zoo.decoder.DecoderPlan.Defaults;
import org.counterweight.model.zoo.family.Family;

/**
 * Llama: root-mean-square norms before each sub-layer, rotary positions, grouped-query attention and a gated feed-forward
 * part. H. Touvron et al., "LLaMA: Open and Efficient Foundation Language Models", 2023.
 */
public final class Llama {
    static final Defaults DEFAULTS = new Defaults(32000, 4096, 11008, 32, 32, 0, 0);

    public static final Family FAMILY = Family.decoder("llama", "Llama", (config, head) -> {
        var plan = new DecoderPlan(config, head, DEFAULTS);
        plan.attentionBias = config.flag("attention_bias", false);
        plan.attentionOutBias = plan.attentionBias;
        plan.feedForward = plan.gated(config.text("hidden_act", "silu"), config.flag("mlp_bias", false));
        return plan.decoder();
    });

    private Llama() {}
}
