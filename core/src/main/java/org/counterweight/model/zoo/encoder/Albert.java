package org.counterweight.model.zoo.encoder;

import java.util.ArrayList;
import org.counterweight.model.part.Activation;
import org.counterweight.model.part.Head;
import org.counterweight.model.part.layer.EncoderEmbeddings;
import org.counterweight.model.part.layer.EncoderLayer;
import org.counterweight.model.zoo.encoder.EncoderPlan.Defaults;
import org.counterweight.model.zoo.family.Family;

/**
 * ALBERT: BERT with narrow embeddings and few layers that are passed many times. Z. Lan et al., "ALBERT: A Lite BERT for
 * Self-supervised Learning of Language Representations", ICLR 2020.
 */
public final class Albert {
    public static final Family FAMILY = Family.encoder("albert", "Albert", EncoderPlan::rows, (config, head) -> {
                var plan = new EncoderPlan(config, head, "albert", new Defaults(30000, 4096, 16384, 12, 64, 0));
                plan.embeddingWidth = config.count("embedding_size", 128);
                plan.projection =
                        new EncoderEmbeddings.Projection("encoder.embedding_hidden_mapping_in", plan.width, false);
                plan.activation = Activation.named(config.text("hidden_act", "gelu_new"), "hidden_act");
                plan.wordsActivation = plan.activation;
                plan.attentionDropout = config.probability("attention_probs_dropout_prob", 0);
                plan.attendedDropout = config.probability("hidden_dropout_prob", 0);
                plan.embeddingDropout = plan.attendedDropout;
                plan.fedDropout = 0;
                plan.names = new EncoderLayer.Names(
                        "attention.query",
                        "attention.key",
                        "attention.value",
                        "attention.dense",
                        "attention.LayerNorm",
                        "ffn",
                        "ffn_output",
                        "full_layer_layer_norm");
                int groups = config.count("num_hidden_groups", 1);
                int inner = config.count("inner_group_num", 1);
                var paths = new ArrayList<String>();
                for (int layer = 0; layer < plan.layerCount; layer++) {
                    int group = (int) (layer / ((double) plan.layerCount / groups));
                    for (int i = 0; i < inner; i++) {
                        paths.add("encoder.albert_layer_groups." + group + ".albert_layers." + i);
                    }
                }
                plan.paths = paths;
                plan.sentence =
                        plan.pooler("pooler", Activation.TANH, config.probability("classifier_dropout_prob", 0.1));
                plan.wordsDense = "predictions.dense";
                plan.wordsNorm = "predictions.LayerNorm";
                plan.wordsTied = "predictions.decoder";
                plan.wordsBias = "predictions.bias";
                return plan.encoder();
            })
            .also("AlbertForPreTraining", Head.LANGUAGE);

    private Albert() {}
}
