package org.counterweight.model.zoo.llama;

import java.util.List;
import org.counterweight.model.part.Activation;
import org.counterweight.model.part.attention.Rope;
import org.counterweight.model.part.layer.Experts;
import org.counterweight.model.zoo.decoder.Decoder;
import org.counterweight.model.zoo.decoder.DecoderPlan;
import org.counterweight.model.zoo.decoder.DecoderPlan.Defaults;
import org.counterweight.model.zoo.family.Family;

/**
 * Qwen 2: Llama with biases at query, key and value; Qwen 3: with norms there instead. Higher layers may have a window. An
 * Yang et al., "Qwen2 Technical Report", 2024; "Qwen3 Technical Report", 2025.
 */
public final class Qwen {
    private static final int WINDOW = 4096;
    private static final int FULL_LAYERS = 28;

    public static final Family SECOND = Family.decoder("qwen2", "Qwen2", (config, head) -> {
        var plan = new DecoderPlan(config, head, new Defaults(151936, 4096, 22016, 32, 32, 32, 0));
        plan.attentionBias = true;
        windows(plan);
        return plan.decoder();
    });

    public static final Family THIRD = Family.decoder("qwen3", "Qwen3", (config, head) -> {
        var plan = new DecoderPlan(config, head, new Defaults(151936, 4096, 22016, 32, 32, 32, 128));
        plan.attentionBias = config.flag("attention_bias", false);
        plan.attentionOutBias = plan.attentionBias;
        plan.queryKeyNorms = plan.queryKeyNorms(false);
        windows(plan);
        return plan.decoder();
    });

    public static final Family THIRD_OF_EXPERTS = Family.decoder("qwen3_moe", "Qwen3Moe", (config, head) -> {
        var plan = new DecoderPlan(config, head, new Defaults(151936, 2048, 6144, 24, 32, 4, 0));
        plan.attentionBias = config.flag("attention_bias", false);
        plan.attentionOutBias = plan.attentionBias;
        plan.queryKeyNorms = plan.queryKeyNorms(false);
        Rope rope = Rope.of(config, 10000);
        int window = config.flag("use_sliding_window", false) ? config.countOrNone("sliding_window", WINDOW) : 0;
        int step = config.count("decoder_sparse_step", 1);
        List<Integer> plain = config.integers("mlp_only_layers");
        plan.plain = plan.feedForward;
        plan.kind = layer -> new Decoder.Kind(window, rope, plain.contains(layer) || (layer + 1) % step != 0);
        plan.feedForward = new Experts(
                "mlp.gate",
                "mlp.experts",
                "gate_proj",
                "up_proj",
                "down_proj",
                Activation.named(config.text("hidden_act", "silu"), "hidden_act"),
                config.count("moe_intermediate_size", 768),
                config.count("num_experts", config.count("num_local_experts", 128)),
                config.count("num_experts_per_tok", 8),
                config.flag("norm_topk_prob", false));
        return plan.decoder();
    });

    private Qwen() {}

    /** {@code sliding_window} counts only where {@code use_sliding_window} says so. */
    private static void windows(DecoderPlan plan) {
        Rope rope = Rope.of(plan.config, 10000);
        int window =
                plan.config.flag("use_sliding_window", false) ? plan.config.countOrNone("sliding_window", WINDOW) : 0;
        int full = plan.config.size("max_window_layers", FULL_LAYERS);
        plan.localLayers(layer -> layer >= full, new Decoder.Kind(window, rope), new Decoder.Kind(0, rope));
    }
}
