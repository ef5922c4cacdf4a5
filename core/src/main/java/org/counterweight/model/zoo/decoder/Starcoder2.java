package org.counterweight.model.zoo.decoder;

import org.counterweight.model.part.Activation;
import org.counterweight.model.part.Norm;
import org.counterweight.model.part.attention.Rope;
import org.counterweight.model.part.layer.FeedForward;
import org.counterweight.model.zoo.decoder.DecoderPlan.Defaults;
import org.counterweight.model.zoo.family.Family;

/**
 * StarCoder 2: layer norms, rotary positions, grouped-query attention with a window, and a plain feed-forward part, all with
 * biases. A. Lozhkov et al., "StarCoder 2 and The Stack v2: The Next Generation", 2024.
 */
public final class Starcoder2 {
    public static final Family FAMILY = Family.decoder("starcoder2", "Starcoder2", (config, head) -> {
        var plan = new DecoderPlan(config, head, new Defaults(49152, 3072, 12288, 30, 24, 2, 0));
        boolean isBiased = config.flag("use_bias", true);
        plan.norm = new Norm(Norm.Kind.LAYER, config.number("norm_epsilon", 1e-5));
        plan.attentionBias = isBiased;
        plan.attentionOutBias = isBiased;
        plan.feedForward = new FeedForward.Plain(
                "mlp.c_fc",
                "mlp.c_proj",
                Activation.named(config.text("hidden_act", "gelu_pytorch_tanh"), "hidden_act"),
                plan.intermediate,
                isBiased);
        plan.everyLayer(config.countOrNone("sliding_window", 0), Rope.of(config, 10000));
        plan.embeddingDropout = config.probability("embedding_dropout", 0);
        plan.residualDropout = config.probability("residual_dropout", 0);
        plan.tied = config.flag("tie_word_embeddings", true);
        return plan.decoder();
    });

    private Starcoder2() {}
}
