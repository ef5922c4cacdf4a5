package org.counterweight.model.zoo.llama;

import org.counterweight.model.part.Activation;
import org.counterweight.model.part.Norm;
import org.counterweight.model.part.attention.Rope;
import org.counterweight.model.part.layer.Experts;
import org.counterweight.model.zoo.decoder.DecoderPlan;
import org.counterweight.model.zoo.decoder.DecoderPlan.Defaults;
import org.counterweight.model.zoo.family.Family;

/**
 * Mixtral: Mistral with a mixture of experts for its feed-forward part. Its names are those of its files; transformers
 * joins the experts of a layer in memory. A. Q. Jiang et al., "Mixtral of Experts", 2024.
 */
public final class Mixtral {
    public static final Family FAMILY = Family.decoder("mixtral", "Mixtral", (config, head) -> {
        var plan = new DecoderPlan(config, head, new Defaults(32000, 4096, 14336, 32, 32, 8, 0));
        plan.norm = new Norm(Norm.Kind.RMS, config.number("rms_norm_eps", 1e-5));
        plan.everyLayer(config.countOrNone("sliding_window", 0), Rope.of(config, 1e6));
        plan.feedForward = new Experts(
                "block_sparse_moe.gate",
                "block_sparse_moe.experts",
                "w1",
                "w3",
                "w2",
                Activation.named(config.text("hidden_act", "silu"), "hidden_act"),
                plan.intermediate,
                config.count("num_local_experts", 8),
                config.count("num_experts_per_tok", 2),
                true);
        return plan.decoder();
    });

    private Mixtral() {}
}
