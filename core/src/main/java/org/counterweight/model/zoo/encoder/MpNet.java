package org.counterweight.model.zoo.encoder;

import org.counterweight.model.config.ConfigJson;
import org.counterweight.model.part.Activation;
import org.counterweight.model.part.attention.RelativeBias;
import org.counterweight.model.part.layer.EncoderLayer;
import org.counterweight.model.zoo.encoder.EncoderPlan.Defaults;
import org.counterweight.model.zoo.family.Family;

/**
 * MPNet: RoBERTa without segments, with one bias of relative positions for all layers. K. Song et al., "MPNet: Masked and
 * Permuted Pre-training for Language Understanding", NeurIPS 2020.
 */
public final class MpNet {
    /** In transformers a larger table is still read with the buckets of this one. */
    private static final int BUCKETS = 32;

    /** What positions pass over, whatever the config calls the padding token. */
    private static final int PADDING = 1;

    public static final Family FAMILY = Family.encoder("mpnet", "MPNet", MpNet::positions, (config, head) -> {
        var plan = new EncoderPlan(config, head, "mpnet", new Defaults(30527, 768, 3072, 12, 12, 1));
        plan.tokenTypes = 0;
        plan.countWords(PADDING);
        plan.names = new EncoderLayer.Names(
                "attention.attn.q",
                "attention.attn.k",
                "attention.attn.v",
                "attention.attn.o",
                "attention.LayerNorm",
                "intermediate.dense",
                "output.dense",
                "output.LayerNorm");
        int rows = config.count("relative_attention_num_buckets", BUCKETS);
        plan.bias = new RelativeBias("encoder.relative_attention_bias", rows, BUCKETS, 128, true);
        plan.sentence = plan.own(Activation.TANH);
        plan.robertaWords();
        return plan.encoder();
    });

    private MpNet() {}

    private static int positions(ConfigJson config) {
        return EncoderPlan.rows(config) - (PADDING + 1);
    }
}
