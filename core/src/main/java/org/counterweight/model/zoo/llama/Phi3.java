package org.counterweight.model.zoo.llama;

import java.util.List;
import org.counterweight.model.config.ConfigJson;
import org.counterweight.model.part.Activation;
import org.counterweight.model.part.Norm;
import org.counterweight.model.part.attention.Projection;
import org.counterweight.model.part.attention.Rope;
import org.counterweight.model.part.attention.RopeScaling;
import org.counterweight.model.part.layer.FeedForward;
import org.counterweight.model.zoo.decoder.DecoderPlan;
import org.counterweight.model.zoo.decoder.DecoderPlan.Defaults;
import org.counterweight.model.zoo.family.Family;
import tools.jackson.databind.node.ObjectNode;

/** Phi-3: Llama with query, key and value in one weight, gate and up in another. M. Abdin et al., "Phi-3", 2024. */
public final class Phi3 {
    public static final Family FAMILY = Family.decoder("phi3", "Phi3", (config, head) -> {
        var plan = new DecoderPlan(config, head, new Defaults(32064, 3072, 8192, 32, 32, 0, 0));
        plan.norm = new Norm(Norm.Kind.RMS, config.number("rms_norm_eps", 1e-5));
        plan.projection = new Projection.Blocks("self_attn.qkv_proj");
        plan.feedForward = new FeedForward.GatedTogether(
                "mlp.gate_up_proj",
                "mlp.down_proj",
                Activation.named(config.text("hidden_act", "silu"), "hidden_act"),
                plan.intermediate,
                false);
        plan.rotarySize = Rope.size(config, plan.headSize, 1);
        Rope rope = Rope.of(new ConfigJson(renamed(config.tree())), 10000, 4096);
        plan.everyLayer(config.countOrNone("sliding_window", 0), rope);
        if (rope.scaling() instanceof RopeScaling.LongRope scaling) {
            plan.longestRemembered = (long) scaling.original(); // keys of a short text are turned otherwise
        }
        plan.residualDropout = config.probability("resid_pdrop", 0);
        plan.padding = config.token("pad_token_id", 32000);
        return plan.decoder();
    });

    private Phi3() {}

    /** The first files called LongRoPE yarn, and so transformers reads it here whoever wrote it. */
    private static ObjectNode renamed(ObjectNode config) {
        ObjectNode renamed = config.deepCopy();
        for (String key : List.of("rope_scaling", "rope_parameters")) {
            for (String type : List.of("rope_type", "type")) {
                if (renamed.path(key).path(type).asString("").equals("yarn")) {
                    ((ObjectNode) renamed.get(key)).put(type, "longrope");
                }
            }
        }
        return renamed;
    }
}
