package org.counterweight.model.zoo.encoder;

import org.counterweight.model.part.Activation;
import org.counterweight.model.part.Norm;
import org.counterweight.model.part.head.EncoderHead;
import org.counterweight.model.part.layer.EncoderLayer;
import org.counterweight.model.zoo.family.Family;

/**
 * DistilBERT: BERT without segments and pooler. V. Sanh et al., "DistilBERT, a distilled version of BERT: smaller, faster,
 * cheaper and lighter", 2019.
 */
public final class DistilBert {
    public static final Family FAMILY =
            Family.encoder("distilbert", "DistilBert", EncoderPlan::rows, (config, head) -> {
                var defaults = new EncoderPlan.Defaults(30522, 768, 4 * 768, 6, 12, 0);
                var plan = new EncoderPlan(config, head, "distilbert", defaults);
                plan.tokenTypes = 0;
                plan.norm = new Norm(Norm.Kind.LAYER, 1e-12);
                plan.activation = Activation.named(config.text("activation", "gelu"), "activation");
                plan.wordsActivation = plan.activation;
                plan.paths = plan.numbered("transformer.layer.");
                plan.names = new EncoderLayer.Names(
                        "attention.q_lin",
                        "attention.k_lin",
                        "attention.v_lin",
                        "attention.out_lin",
                        "sa_layer_norm",
                        "ffn.lin1",
                        "ffn.lin2",
                        "output_layer_norm");
                plan.attentionDropout = config.probability("attention_dropout", 0.1);
                plan.attendedDropout = 0;
                plan.sentence = new EncoderHead.Sentence(
                        "pre_classifier",
                        "pre_classifier", // so PEFT too takes it, whose files would lack it else
                        Activation.RELU,
                        0,
                        config.probability("seq_classif_dropout", 0.2),
                        EncoderHead.CLASSIFIER);
                plan.wordsDense = "vocab_transform";
                plan.wordsNorm = "vocab_layer_norm";
                plan.wordsTied = "vocab_projector";
                plan.wordsBias = "vocab_projector.bias";
                return plan.encoder();
            });

    private DistilBert() {}
}
