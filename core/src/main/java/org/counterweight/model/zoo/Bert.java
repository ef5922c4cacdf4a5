package org.counterweight.model.zoo;

import org.counterweight.model.part.Head;

/**
 * BERT: positions by column, two segments, a pooler. J. Devlin et al., "BERT: Pre-training of Deep Bidirectional
 * Transformers for Language Understanding", NAACL 2019.
 */
final class Bert {
    static final Family FAMILY = Family.encoder(
                    "bert",
                    "Bert",
                    EncoderPlan::rows,
                    (config, head) -> new EncoderPlan(config, head, "bert", EncoderPlan.BASE).encoder())
            .also("BertForPreTraining", Head.LANGUAGE);

    private Bert() {}
}
