package org.counterweight.formats.peft.config;

import java.util.TreeMap;
import org.counterweight.config.Configs;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Every key of PEFT 0.21's configs with its default, by type; what a saved directory spells out in full. */
public final class PeftDefaults {
    private static final String COMMON = """
            "auto_mapping": null, "base_model_name_or_path": null, "bias": "none", "exclude_modules": null,
            "inference_mode": true, "layers_pattern": null, "layers_to_transform": null, "modules_to_save": null,
            "peft_version": "0.21.0", "revision": null, "target_modules": null, "task_type": null, "peft_type": null
            """;

    private static final String LORA = """
            "alora_invocation_tokens": null, "alpha_pattern": {}, "arrow_config": null, "corda_config": null,
            "ensure_weight_tying": false, "eva_config": null, "fan_in_fan_out": false, "init_lora_weights": true,
            "kasa_config": null, "layer_replication": null, "loftq_config": {}, "lora_alpha": 8, "lora_bias": false,
            "lora_dropout": 0.0, "lora_ga_config": null, "megatron_config": null, "megatron_core": "megatron.core",
            "monteclora_config": null, "qalora_group_size": 16, "r": 8, "rank_pattern": {}, "target_parameters": null,
            "trainable_token_indices": null, "use_bdlora": null, "use_dora": false, "use_qalora": false,
            "use_rslora": false, "velora_config": null
            """;

    private static final String ADALORA = """
            "target_r": 8, "init_r": 12, "tinit": 0, "tfinal": 0, "deltaT": 1, "beta1": 0.85, "beta2": 0.85,
            "orth_reg_weight": 0.5, "total_step": null
            """;

    private static final String MISS = """
            "r": 64, "miss_dropout": 0.0, "mini_r": 1, "init_weights": true
            """;

    private static final String BONE = """
            "r": 64, "init_weights": true
            """;

    private static final String IA3 = """
            "feedforward_modules": null, "fan_in_fan_out": false, "init_ia3_weights": true
            """;

    private static final String VERA = """
            "r": 256, "projection_prng_key": 0, "save_projection": true, "vera_dropout": 0.0, "d_initial": 0.1,
            "fan_in_fan_out": false, "init_weights": true
            """;

    private static final String LOHA = """
            "r": 8, "alpha": 8, "rank_dropout": 0.0, "module_dropout": 0.0, "use_effective_conv2d": false,
            "init_weights": true, "rank_pattern": {}, "alpha_pattern": {}
            """;

    private static final String LOKR = """
            "decompose_both": false, "decompose_factor": -1, "rank_dropout_scale": false
            """;

    private static final String TRAINABLE_TOKENS = """
            "token_indices": [], "init_weights": true, "ensure_weight_tying": false
            """;

    private PeftDefaults() {}

    private static ObjectNode adalora() {
        ObjectNode tree = tree(COMMON, LORA, ADALORA);
        tree.putNull("rank_pattern");
        return tree;
    }

    private static ObjectNode tree(String... parts) {
        return Configs.json("{" + String.join(",", parts) + "}", "defaults");
    }

    /** A tree of its own for the caller to read; writers copy it. */
    public static ObjectNode of(PeftType type) {
        return switch (type) {
            case LORA -> tree(COMMON, LORA);
            case ADALORA -> adalora();
            case MISS -> tree(COMMON, MISS);
            case BONE -> tree(COMMON, BONE);
            case IA3 -> tree(COMMON, IA3);
            case VERA -> tree(COMMON, VERA);
            case LOHA -> tree(COMMON, LOHA);
            case LOKR -> tree(COMMON, LOHA, LOKR);
            case TRAINABLE_TOKENS -> tree(COMMON, TRAINABLE_TOKENS);
        };
    }

    /** The same keys in the order of the alphabet, as PEFT writes them. */
    public static ObjectNode sorted(ObjectNode config) {
        ObjectNode sorted = Configs.JSON.createObjectNode();
        var byKey = new TreeMap<String, JsonNode>();
        config.properties().forEach(entry -> byKey.put(entry.getKey(), entry.getValue()));
        byKey.forEach(sorted::set);
        return sorted;
    }
}
