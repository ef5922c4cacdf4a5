package org.counterweight.model.zoo.llama;

import org.counterweight.model.config.ConfigJson;
import org.counterweight.model.part.Head;
import org.counterweight.model.part.Norm;
import org.counterweight.model.part.layer.TransformerLayer;
import org.counterweight.model.zoo.decoder.DecoderPlan;
import org.counterweight.model.zoo.family.Family;

/** OLMo 2: Llama with norms behind the sub-layers and at queries and keys. T. OLMo et al., "2 OLMo 2 Furious", 2024. */
public final class Olmo2 {
    public static final Family FAMILY = Family.decoder(
                    "olmo2", "Olmo2", (config, head) -> plan(config, head).decoder())
            .without("Olmo2ForTokenClassification");

    private Olmo2() {}

    static DecoderPlan plan(ConfigJson config, Head head) {
        var plan = new DecoderPlan(config, head, new DecoderPlan.Defaults(50304, 4096, 11008, 32, 32, 0, 0));
        plan.norm = new Norm(Norm.Kind.RMS, config.number("rms_norm_eps", 1e-5));
        plan.norms = new TransformerLayer.Norms(null, "post_attention_layernorm", null, "post_feedforward_layernorm");
        plan.queryKeyNorms = plan.queryKeyNorms(true);
        plan.attentionBias = config.flag("attention_bias", false);
        plan.attentionOutBias = plan.attentionBias;
        plan.padding = config.token("pad_token_id", 1);
        return plan;
    }
}
