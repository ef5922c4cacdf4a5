package org.counterweight.model.zoo.decoder;

import org.counterweight.model.config.ConfigJson;
import org.counterweight.model.part.Activation;
import org.counterweight.model.part.Norm;
import org.counterweight.model.part.attention.Projection;
import org.counterweight.model.part.layer.FeedForward;
import org.counterweight.model.part.layer.LearnedPositions;
import org.counterweight.model.part.layer.TransformerLayer;
import org.counterweight.model.zoo.decoder.DecoderPlan.Defaults;
import org.counterweight.model.zoo.family.Family;

/**
 * OPT: layer norms before each sub-layer, learned positions whose table begins at its third row. S. Zhang et al., "OPT: Open
 * Pre-trained Transformer Language Models", 2022. OPT-350m has its norms behind the sums and narrow embeddings.
 */
public final class Opt {
    private static final int FIRST = 2;
    private static final int POSITIONS = 2048;

    public static final Family FAMILY = Family.decoder("opt", "OPT", (config, head) -> {
                var plan = new DecoderPlan(config, head, new Defaults(50272, 768, 3072, 12, 12, 0, 0));
                plan.multiHead();
                boolean isBefore = config.flag("do_layer_norm_before", true);
                boolean isLast = isBefore && !config.flag("_remove_final_layer_norm", false);
                plan.wordsWidth = config.count("word_embed_proj_dim", plan.width);
                boolean isNarrow = plan.wordsWidth != plan.width;
                plan.names = new Decoder.Names(
                        "decoder.embed_tokens",
                        "decoder.layers",
                        isLast ? "decoder.final_layer_norm" : null,
                        isNarrow ? "decoder.project_in" : null,
                        isNarrow ? "decoder.project_out" : null);
                plan.positions = new LearnedPositions(
                        "decoder.embed_positions",
                        positions(config) + FIRST,
                        FIRST,
                        LearnedPositions.Counted.UNMASKED,
                        -1);
                plan.kind = layer -> new Decoder.Kind(0, null);
                boolean isWeighed = config.flag("layer_norm_elementwise_affine", true); // not in Galactica
                plan.norm = new Norm(isWeighed ? Norm.Kind.LAYER : Norm.Kind.LAYER_WITHOUT_WEIGHTS, 1e-5);
                plan.norms = isBefore
                        ? new TransformerLayer.Norms("self_attn_layer_norm", null, "final_layer_norm", null)
                        : new TransformerLayer.Norms(null, "self_attn_layer_norm", null, "final_layer_norm", true);
                plan.projection = new Projection.Separate("self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj");
                plan.attentionOut = "self_attn.out_proj";
                plan.attentionBias = config.flag("enable_bias", true);
                plan.attentionOutBias = plan.attentionBias;
                plan.feedForward = new FeedForward.Plain(
                        "fc1",
                        "fc2",
                        Activation.named(config.text("activation_function", "relu"), "activation_function"),
                        config.count("ffn_dim", 3072),
                        plan.attentionBias);
                plan.residualDropout = config.probability("dropout", 0.1);
                plan.tied = config.flag("tie_word_embeddings", true);
                plan.initializer = "init_std";
                plan.padding = config.token("pad_token_id", 1);
                return plan.decoder();
            })
            .withPositions(Opt::positions)
            .without("OPTForTokenClassification");

    private Opt() {}

    private static int positions(ConfigJson config) {
        return config.count("max_position_embeddings", POSITIONS);
    }
}
