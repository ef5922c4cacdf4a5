package org.counterweight.model.zoo.encoder;

import org.counterweight.model.part.Activation;
import org.counterweight.model.part.layer.EncoderEmbeddings;
import org.counterweight.model.zoo.encoder.EncoderPlan.Defaults;
import org.counterweight.model.zoo.family.Family;

/**
 * ELECTRA: BERT with embeddings of a width of their own, and a head of two layers. K. Clark et al., "ELECTRA: Pre-training
 * Text Encoders as Discriminators Rather Than Generators", ICLR 2020.
 */
public final class Electra {
    public static final Family FAMILY = Family.encoder("electra", "Electra", EncoderPlan::rows, (config, head) -> {
                var plan = new EncoderPlan(config, head, "electra", new Defaults(30522, 256, 1024, 12, 4, 0));
                plan.mayDecode();
                plan.embeddingWidth = config.count("embedding_size", 128);
                plan.projection = plan.embeddingWidth == plan.width
                        ? null
                        : new EncoderEmbeddings.Projection("embeddings_project", plan.width, false);
                plan.sentence = plan.own(Activation.GELU);
                plan.wordsDense = "generator_predictions.dense";
                plan.wordsNorm = "generator_predictions.LayerNorm";
                plan.wordsTied = "generator_lm_head";
                plan.wordsBias = "generator_lm_head.bias";
                plan.wordsActivation = Activation.GELU;
                return plan.encoder();
            })
            .decodingAs("ElectraForCausalLM");

    private Electra() {}
}
