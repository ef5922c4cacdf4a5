package org.counterweight.model.zoo.decoder;

import org.counterweight.model.part.Activation;
import org.counterweight.model.part.Norm;
import org.counterweight.model.part.attention.Rope;
import org.counterweight.model.part.attention.SelfAttention;
import org.counterweight.model.part.layer.FeedForward;
import org.counterweight.model.part.layer.TransformerLayer;
import org.counterweight.model.zoo.decoder.DecoderPlan.Defaults;
import org.counterweight.model.zoo.family.Family;

/**
 * Phi 1 to 2: attention and feed-forward part side by side behind one layer norm, half of each head rotated. S. Gunasekar
 * et al., "Textbooks Are All You Need", 2023.
 */
public final class Phi {
    public static final Family FAMILY = Family.decoder("phi", "Phi", (config, head) -> {
        var plan = new DecoderPlan(config, head, new Defaults(51200, 2048, 8192, 24, 32, 0, 0));
        plan.norm = new Norm(Norm.Kind.LAYER, config.number("layer_norm_eps", 1e-5));
        plan.norms = new TransformerLayer.Norms("input_layernorm", null, null, null);
        plan.parallel = true;
        plan.names = new Decoder.Names("embed_tokens", "layers", "final_layernorm");
        plan.attentionOut = "self_attn.dense";
        plan.attentionBias = true;
        plan.attentionOutBias = true;
        plan.feedForward = new FeedForward.Plain(
                "mlp.fc1",
                "mlp.fc2",
                Activation.named(config.text("hidden_act", "gelu_new"), "hidden_act"),
                plan.intermediate,
                true);
        if (config.flag("qk_layernorm", false)) {
            plan.queryKeyNorms =
                    new SelfAttention.QueryKeyNorms("self_attn.q_layernorm", "self_attn.k_layernorm", plan.norm, false);
        }
        plan.rotarySize = Rope.size(config, plan.headSize, 0.5);
        plan.embeddingDropout = config.probability("embd_pdrop", 0);
        plan.residualDropout = config.probability("resid_pdrop", 0);
        plan.wordsBias = true;
        return plan.decoder();
    });

    private Phi() {}
}
