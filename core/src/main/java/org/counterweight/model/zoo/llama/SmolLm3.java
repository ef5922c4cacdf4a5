package org.counterweight.model.zoo.llama;

import java.util.List;
import org.counterweight.config.ConfigException;
import org.counterweight.model.part.attention.Rope;
import org.counterweight.model.zoo.decoder.Decoder;
import org.counterweight.model.zoo.decoder.DecoderPlan;
import org.counterweight.model.zoo.decoder.DecoderPlan.Defaults;
import org.counterweight.model.zoo.family.Family;

/** SmolLM3: Llama with no positions in every fourth layer. E. Bakouch et al., "SmolLM3", 2025. */
public final class SmolLm3 {
    public static final Family FAMILY = Family.decoder("smollm3", "SmolLM3", (config, head) -> {
        var plan = new DecoderPlan(config, head, new Defaults(128256, 2048, 11008, 36, 16, 4, 0));
        plan.attentionBias = config.flag("attention_bias", false);
        plan.attentionOutBias = plan.attentionBias;
        plan.feedForward = plan.gated(config.text("hidden_act", "silu"), config.flag("mlp_bias", false));
        plan.tied = config.flag("tie_word_embeddings", true);
        plan.padding = config.token("pad_token_id", 128004);
        Rope rope = Rope.of(config, 2e6);
        int window = config.flag("use_sliding_window", false) ? config.countOrNone("sliding_window", 0) : 0;
        int interval = config.count("no_rope_layer_interval", 4);
        List<Integer> turned = config.integers("no_rope_layers"); // 1 where positions turn, in spite of the name
        if (!turned.isEmpty() && turned.size() < plan.layerCount) {
            throw new ConfigException("no_rope_layers", turned, "one for each of " + plan.layerCount + " layers");
        }
        List<String> types = config.texts("layer_types");
        plan.kind = layer -> {
            boolean turns = turned.isEmpty() ? (layer + 1) % interval != 0 : turned.get(layer) != 0;
            boolean isLocal = types.isEmpty() ? !turns : types.get(layer).equals("sliding_attention");
            return new Decoder.Kind(isLocal ? window : 0, turns ? rope : null);
        };
        return plan.decoder();
    });

    private SmolLm3() {}
}
