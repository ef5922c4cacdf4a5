package org.counterweight.formats.peft.config;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The modules that PEFT 0.21 takes where an adapter's file names none, by the base's {@code model_type}. */
public final class UsualTargets {
    private static final Map<String, List<String>> ADDITIVE = table("""
            bart, gemma, gemma2, gemma3_text, gpt_neo, gptj, llama, mistral, mixtral, opt, qwen2, qwen3: q_proj, v_proj
            bert, electra, roberta, xlm-roberta: query, value
            deberta-v2: query_proj, value_proj
            mt5, t5: q, v
            gpt2, gpt_bigcode: c_attn
            bloom, falcon, gpt_neox: query_key_value
            phi: q_proj, v_proj, fc1, fc2
            """);

    private static final Map<String, List<String>> VERA = table("phi: q_proj, v_proj");

    private static final Map<String, List<String>> IA3 = table("""
            t5: k, v, wo
            mt5: k, v, wi_1
            gpt2, gpt_bigcode: c_attn, mlp.c_proj
            bloom: query_key_value, mlp.dense_4h_to_h
            bert, roberta: key, value, output.dense
            opt: q_proj, k_proj, fc2
            gptj: q_proj, v_proj, fc_out
            falcon, gpt_neox: query_key_value, dense_4h_to_h
            gpt_neo: q_proj, v_proj, c_proj
            bart, phi: q_proj, v_proj, fc2
            llama, mistral: k_proj, v_proj, down_proj
            mixtral: k_proj, v_proj, w2
            deberta-v2: key_proj, value_proj, output.dense
            gemma, gemma2, gemma3_text, qwen2, qwen3: q_proj, v_proj, down_proj
            """);

    /** Those of them whose inputs (IA)³ scales. */
    private static final Map<String, List<String>> FEED_FORWARD = table("""
            t5: wo
            gpt2, gpt_bigcode: mlp.c_proj
            bloom: mlp.dense_4h_to_h
            bert, deberta-v2, roberta: output.dense
            bart, opt, phi: fc2
            gptj: fc_out
            falcon, gpt_neox: dense_4h_to_h
            gpt_neo: c_proj
            gemma, gemma2, gemma3_text, llama, mistral, qwen2, qwen3: down_proj
            mixtral: w2
            """);

    private UsualTargets() {}

    /** What LoRA and its kin stand at, or null if there is no usual choice. */
    public static @Nullable List<String> ofUpdates(String modelType) {
        return ADDITIVE.get(modelType);
    }

    /** What a type stands at, or null if there is no usual choice. */
    static @Nullable List<String> of(PeftType type, String modelType) {
        return switch (type) {
            case IA3 -> IA3.get(modelType);
            case VERA -> VERA.getOrDefault(modelType, ADDITIVE.get(modelType));
            case TRAINABLE_TOKENS -> List.of(); // the table of words, which the file's tensors name
            case LORA, ADALORA, MISS, BONE, LOHA, LOKR -> ADDITIVE.get(modelType);
        };
    }

    /** The modules whose inputs (IA)³ scales, or null if there is no usual choice; none of mT5's. */
    static @Nullable List<String> feedForward(String modelType) {
        return modelType.equals("mt5") ? List.of() : FEED_FORWARD.get(modelType);
    }

    /** Lines of model types and, behind a colon, modules. */
    private static Map<String, List<String>> table(String lines) {
        var table = new HashMap<String, List<String>>();
        lines.lines().forEach(line -> {
            List<String> sides = List.of(line.split(": "));
            List<String> modules = List.of(sides.get(1).split(", "));
            for (String type : sides.get(0).split(", ")) {
                table.put(type, modules);
            }
        });
        return Map.copyOf(table);
    }
}
