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

    /** Seed-OSS: with biases at query, key and value. ByteDance Seed Team, 2025. */
    public static final Family SEED = Family.decoder("seed_oss", "SeedOss", (config, head) -> {
        var plan = new DecoderPlan(config, head, new Defaults(155136, 4096, 27648, 64, 80, 8, 128));
        plan.attentionBias = config.flag("attention_bias", true);
        plan.attentionOutBias = config.flag("attention_out_bias", false);
        plan.feedForward = plan.gated(config.text("hidden_act", "silu"), config.flag("mlp_bias", false));
        plan.residualDropout = config.probability("residual_dropout", 0.1);
        plan.padding = config.token("pad_token_id", 1);
        return plan.decoder();
    });

    private Llama() {}
}
