package org.counterweight.model.zoo.encoder;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.counterweight.config.ConfigException;
import org.counterweight.model.config.ConfigJson;
import org.counterweight.model.part.Activation;
import org.counterweight.model.part.Norm;
import org.counterweight.model.part.head.EncoderHead;
import org.counterweight.model.part.layer.Convolved;
import org.counterweight.model.part.layer.Disentangled;
import org.counterweight.model.part.layer.EncoderEmbeddings;
import org.counterweight.model.part.layer.EncoderLayer;
import org.counterweight.model.zoo.encoder.EncoderPlan.Defaults;
import org.counterweight.model.zoo.family.Family;

/**
 * DeBERTa, second and third version: BERT with what distances say kept apart from what words say. P. He et al., "DeBERTaV3:
 * Improving DeBERTa using ELECTRA-Style Pre-Training with Gradient-Disentangled Embedding Sharing", ICLR 2023.
 */
public final class DebertaV2 {
    public static final Family FAMILY =
            Family.encoder("deberta-v2", "DebertaV2", DebertaV2::positions, (config, head) -> {
                var plan = new EncoderPlan(config, head, "deberta", new Defaults(128100, 1536, 6144, 24, 24, 0));
                plan.embeddingWidth = config.count("embedding_size", plan.width);
                if (plan.embeddingWidth != plan.width) {
                    plan.projection = new EncoderEmbeddings.Projection("embeddings.embed_proj", plan.width, true);
                }
                config.only("pooler_hidden_size", plan.width, "hidden_size");
                config.only("attention_head_size", plan.width / plan.heads, "hidden_size / num_attention_heads");
                plan.norm = new Norm(Norm.Kind.LAYER, config.number("layer_norm_eps", 1e-7));
                plan.tokenTypes = config.size("type_vocab_size", 0);
                plan.masksEmbeddings = true;
                if (!config.flag("position_biased_input", true)) {
                    plan.positions = null;
                }
                plan.names = new EncoderLayer.Names(
                        "attention.self.query_proj",
                        "attention.self.key_proj",
                        "attention.self.value_proj",
                        "attention.output.dense",
                        "attention.output.LayerNorm",
                        "intermediate.dense",
                        "output.dense",
                        "output.LayerNorm");
                if (config.flag("relative_attention", false)) {
                    plan.distances = distances(config, plan);
                } else if (!looks(config).isEmpty()) {
                    throw new ConfigException(
                            "pos_att_type", looks(config), "nothing without relative_attention: true");
                }
                if (config.size("conv_kernel_size", 0) > 0) {
                    plan.convolved = convolved(config, plan);
                }
                plan.sentence = new EncoderHead.Sentence(
                        "pooler.dense",
                        null,
                        Activation.named(config.text("pooler_hidden_act", "gelu"), "pooler_hidden_act"),
                        config.probability("pooler_dropout", 0),
                        config.probability("cls_dropout", plan.dropout),
                        EncoderHead.CLASSIFIER);
                if (!config.flag("legacy", true)) {
                    plan.tied = true; // whatever the config says
                    plan.wordsDense = "lm_predictions.lm_head.dense";
                    plan.wordsNorm = "lm_predictions.lm_head.LayerNorm";
                    plan.wordsTied = "lm_predictions.lm_head";
                    plan.wordsBias = "lm_predictions.lm_head.bias";
                }
                return plan.encoder();
            });

    private DebertaV2() {}

    /** Distances set no limit to a text; a table of positions does. */
    private static int positions(ConfigJson config) {
        return config.flag("position_biased_input", true) ? EncoderPlan.rows(config) : Integer.MAX_VALUE;
    }

    private static Convolved convolved(ConfigJson config, EncoderPlan plan) {
        int kernel = config.count("conv_kernel_size");
        int groups = config.count("conv_groups", 1);
        if (kernel % 2 == 0) {
            throw new ConfigException("conv_kernel_size", kernel, "an odd number: a token and as many to either side");
        }
        if (plan.width % groups != 0) {
            throw new ConfigException("conv_groups", groups, "a divisor of hidden_size, " + plan.width);
        }
        Activation activation = Activation.named(config.text("conv_act", "tanh"), "conv_act");
        return new Convolved("encoder.conv", kernel, groups, activation, plan.norm, plan.dropout);
    }

    private static Disentangled distances(ConfigJson config, EncoderPlan plan) {
        int stated = (int) config.number("max_relative_positions", -1);
        List<String> seen = looks(config);
        boolean isNormed = Arrays.asList(config.text("norm_rel_ebd", "none").split("[| ]+"))
                .contains("layer_norm");
        return new Disentangled(
                "encoder.rel_embeddings",
                isNormed ? "encoder.LayerNorm" : null,
                plan.norm,
                Math.max(0, (int) config.number("position_buckets", -1)),
                stated < 1 ? EncoderPlan.rows(config) : stated,
                config.flag("share_att_key", false),
                "attention.self.pos_query_proj",
                "attention.self.pos_key_proj",
                seen.contains("c2p"),
                seen.contains("p2c"),
                plan.dropout);
    }

    /** What looks at distances: a list, or a text with bars between. */
    private static List<String> looks(ConfigJson config) {
        var node = config.tree().get("pos_att_type");
        return node != null && node.isString()
                ? List.of(node.asString().toLowerCase(Locale.ROOT).split("[| ]+"))
                : config.texts("pos_att_type");
    }
}
