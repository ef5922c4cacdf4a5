package org.counterweight.model.zoo.encoder;

import java.util.List;
import org.counterweight.model.part.Activation;
import org.counterweight.model.zoo.encoder.EncoderPlan.Defaults;
import org.counterweight.model.zoo.family.Family;

/**
 * RoBERTa: BERT with positions that count words from behind the padding token's row, and a head of two layers; XLM-RoBERTa
 * and CamemBERT are the same under other names. Y. Liu et al., "RoBERTa", 2019; A. Conneau et al., "Unsupervised
 * Cross-lingual Representation Learning at Scale", ACL 2020; L. Martin et al., "CamemBERT", ACL 2020.
 */
public final class Roberta {
    public static final List<Family> FAMILIES = List.of(
            family("roberta", "Roberta", 50265),
            family("xlm-roberta", "XLMRoberta", 30522),
            family("camembert", "Camembert", 30522));

    private Roberta() {}

    private static Family family(String type, String stem, int vocabulary) {
        return Family.encoder(type, stem, EncoderPlan::rowsBehindPadding, (config, head) -> {
                    var plan = new EncoderPlan(config, head, "roberta", new Defaults(vocabulary, 768, 3072, 12, 12, 1));
                    plan.mayDecode();
                    plan.countWords(plan.padding);
                    plan.sentence = plan.own(Activation.TANH);
                    plan.robertaWords();
                    return plan.encoder();
                })
                .decodingAs(stem + "ForCausalLM");
    }
}
