package org.counterweight.model.zoo.encoder;

import org.counterweight.model.part.Head;
import org.counterweight.model.zoo.family.Family;

/**
 * BERT: positions by column, two segments, a pooler. J. Devlin et al., "BERT: Pre-training of Deep Bidirectional
 * Transformers for Language Understanding", NAACL 2019.
 */
public final class Bert {
    public static final Family FAMILY = Family.encoder("bert", "Bert", EncoderPlan::rows, (config, head) -> {
                var plan = new EncoderPlan(config, head, "bert", EncoderPlan.BASE);
                plan.mayDecode();
                return plan.encoder();
            })
            .also("BertForPreTraining", Head.LANGUAGE)
            .decodingAs("BertLMHeadModel");

    private Bert() {}
}
