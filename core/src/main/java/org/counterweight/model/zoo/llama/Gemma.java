package org.counterweight.model.zoo.llama;

import org.counterweight.config.ConfigException;
import org.counterweight.model.config.ConfigJson;
import org.counterweight.model.part.Head;
import org.counterweight.model.part.Norm;
import org.counterweight.model.part.attention.Rope;
import org.counterweight.model.part.layer.TransformerLayer;
import org.counterweight.model.zoo.decoder.Decoder;
import org.counterweight.model.zoo.decoder.DecoderPlan;
import org.counterweight.model.zoo.decoder.DecoderPlan.Defaults;
import org.counterweight.model.zoo.family.Family;

/**
 * Gemma: Llama with norms that count from one, embeddings scaled by the square root of the width, tanh-GELU gates and a
 * tied head; Gemma 2 adds norms behind the sub-layers, soft caps and local layers; Gemma 3 norms of queries and keys and
 * rotary bases by kind of layer. T. Mesnard et al., "Gemma", 2024; "Gemma 2", 2024; "Gemma 3 Technical Report", 2025.
 */
public final class Gemma {
    private static final String ACTIVATION = "gelu_pytorch_tanh";
    private static final int WINDOW = 4096;

    public static final Family FIRST = Family.decoder("gemma", "Gemma", (config, head) -> {
        var plan = plan(config, head, new Defaults(256000, 3072, 24576, 28, 16, 16, 256));
        plan.require("use_bidirectional_attention", false, false, "a decoder reads what came before");
        String stated = config.text("hidden_act", ACTIVATION);
        plan.feedForward = plan.gated(stated.equals("gelu") ? ACTIVATION : stated, false); // the first files said so
        return plan.decoder();
    });

    public static final Family SECOND = Family.decoder("gemma2", "Gemma2", (config, head) -> {
        var plan = later(config, head, new Defaults(256000, 2304, 9216, 26, 8, 4, 256));
        plan.require("use_bidirectional_attention", false, false, "a decoder reads what came before");
        plan.scoreCap = config.numberOrNone("attn_logit_softcapping", 50);
        plan.wordsCap = config.numberOrNone("final_logit_softcapping", 30);
        Rope rope = Rope.of(config, 10000);
        plan.localLayers(
                layer -> layer % 2 == 0,
                new Decoder.Kind(config.countOrNone("sliding_window", WINDOW), rope),
                new Decoder.Kind(0, rope));
        return plan.decoder();
    });

    /** {@code attn_logit_softcapping} may stand in its files, and transformers passes over it. */
    public static final Family THIRD = Family.decoder("gemma3_text", "Gemma3Text", (config, head) -> {
                var plan = later(config, head, new Defaults(262208, 2304, 9216, 26, 8, 4, 256));
                plan.wordsCap = config.numberOrNone("final_logit_softcapping", 0);
                plan.queryKeyNorms = plan.queryKeyNorms(false);
                boolean isBothWays = config.flag("use_bidirectional_attention", false);
                if (isBothWays && head == Head.LANGUAGE) {
                    throw new ConfigException(
                            "use_bidirectional_attention", true, "false: the next word is told by those before it");
                }
                plan.causal = !isBothWays;
                int stated = config.countOrNone("sliding_window", WINDOW);
                int window = isBothWays ? stated / 2 + 1 : stated; // half to either side
                int pattern = config.count("sliding_window_pattern", config.count("_sliding_window_pattern", 6));
                plan.localLayers(
                        layer -> (layer + 1) % pattern != 0,
                        new Decoder.Kind(window, local(config)),
                        new Decoder.Kind(0, global(config)));
                return plan.decoder();
            })
            .without("Gemma3TextForTokenClassification")
            .without("Gemma3TextForCausalLM")
            .also("Gemma3ForCausalLM", Head.LANGUAGE);

    private Gemma() {}

    private static DecoderPlan plan(ConfigJson config, Head head, Defaults defaults) {
        var plan = new DecoderPlan(config, head, defaults);
        plan.norm = new Norm(Norm.Kind.RMS_FROM_ONE, config.number("rms_norm_eps", 1e-6));
        plan.embeddingScale = Math.sqrt(plan.width);
        plan.attentionBias = config.flag("attention_bias", false);
        plan.attentionOutBias = plan.attentionBias;
        plan.tied = config.flag("tie_word_embeddings", true);
        plan.padding = config.token("pad_token_id", 0);
        return plan;
    }

    private static DecoderPlan later(ConfigJson config, Head head, Defaults defaults) {
        var plan = plan(config, head, defaults);
        plan.feedForward = plan.gated(config.text("hidden_activation", ACTIVATION), false);
        plan.scoreScale = 1 / Math.sqrt(config.number("query_pre_attn_scalar", 256));
        plan.norms = new TransformerLayer.Norms(
                "input_layernorm",
                "post_attention_layernorm",
                "pre_feedforward_layernorm",
                "post_feedforward_layernorm");
        return plan;
    }

    /** Of local layers; older files have {@code rope_local_base_freq}. */
    private static Rope local(ConfigJson config) {
        ConfigJson parameters = config.at("rope_parameters").at("sliding_attention");
        return Rope.of(config, parameters, config.number("rope_local_base_freq", 10000));
    }

    /** Of the others; older files have {@code rope_theta} and {@code rope_scaling}. */
    private static Rope global(ConfigJson config) {
        ConfigJson parameters = config.at("rope_parameters").at("full_attention");
        return parameters.tree().isEmpty() ? Rope.of(config, 1e6) : Rope.of(config, parameters, 1e6);
    }
}
