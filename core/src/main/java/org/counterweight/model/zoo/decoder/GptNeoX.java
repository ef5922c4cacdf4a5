package org.counterweight.model.zoo.decoder;

import org.counterweight.model.part.Activation;
import org.counterweight.model.part.Norm;
import org.counterweight.model.part.attention.Projection;
import org.counterweight.model.part.attention.Rope;
import org.counterweight.model.part.layer.FeedForward;
import org.counterweight.model.zoo.decoder.DecoderPlan.Defaults;
import org.counterweight.model.zoo.family.Family;

/**
 * GPT-NeoX, of which Pythia is made: attention and feed-forward part side by side, each behind a layer norm of its own; a
 * quarter of each head rotated; query, key and value of a head beside one another in one weight. S. Black et al.,
 * "GPT-NeoX-20B", 2022.
 */
public final class GptNeoX {
    public static final Family FAMILY = Family.decoder("gpt_neox", "GPTNeoX", (config, head) -> {
        var plan = new DecoderPlan(config, head, new Defaults(50432, 6144, 24576, 44, 64, 0, 0));
        plan.multiHead();
        plan.base = "gpt_neox";
        plan.names = new Decoder.Names("embed_in", "layers", "final_layer_norm");
        plan.norm = new Norm(Norm.Kind.LAYER, config.number("layer_norm_eps", 1e-5));
        plan.parallel = config.flag("use_parallel_residual", true);
        plan.projection = new Projection.ByHead("attention.query_key_value");
        plan.attentionOut = "attention.dense";
        plan.attentionBias = config.flag("attention_bias", true);
        plan.attentionOutBias = plan.attentionBias;
        plan.feedForward = new FeedForward.Plain(
                "mlp.dense_h_to_4h",
                "mlp.dense_4h_to_h",
                Activation.named(config.text("hidden_act", "gelu"), "hidden_act"),
                plan.intermediate,
                true);
        plan.rotarySize = Rope.size(config, plan.headSize, config.number("rotary_pct", 0.25));
        plan.everyLayer(0, Rope.of(config, config.number("rotary_emb_base", 10000)));
        plan.embeddingDropout = config.probability("hidden_dropout", 0);
        plan.residualDropout = plan.embeddingDropout;
        plan.words = "embed_out";
        plan.tokenScores = "classifier";
        plan.tokenDropout = config.probability("classifier_dropout", 0.1);
        return plan.decoder();
    });

    private GptNeoX() {}
}
