package org.counterweight.model.zoo.llama;

import org.counterweight.model.part.layer.Residual;
import org.counterweight.model.zoo.decoder.DecoderPlan;
import org.counterweight.model.zoo.decoder.DecoderPlan.Defaults;
import org.counterweight.model.zoo.family.Family;

/** Granite 3: Llama with multipliers of embeddings, scores, residual sums and logits. IBM, "Granite 3.0", 2024. */
public final class Granite {
    /** transformers has no class for it that predicts classes. */
    public static final Family FAMILY = Family.decoder("granite", "Granite", (config, head) -> {
                var plan = new DecoderPlan(config, head, new Defaults(32000, 4096, 11008, 32, 32, 0, 0));
                plan.attentionBias = config.flag("attention_bias", false);
                plan.attentionOutBias = plan.attentionBias;
                plan.feedForward = plan.gated(config.text("hidden_act", "silu"), config.flag("mlp_bias", false));
                plan.embeddingScale = config.number("embedding_multiplier", 1);
                plan.scoreScale = config.number("attention_multiplier", 1);
                plan.residual = Residual.scaled(config.number("residual_multiplier", 1));
                plan.wordsDivisor = config.number("logits_scaling", 1);
                return plan.decoder();
            })
            .without("GraniteForSequenceClassification")
            .without("GraniteForTokenClassification");

    private Granite() {}
}
