package org.counterweight.merge.moe;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.counterweight.config.ConfigException;
import tools.jackson.databind.node.ObjectNode;

/**
 * A family of mixtures: which dense models it can be made of, what it calls its parts, what its config says.
 *
 * @param name as a recipe asks for it
 * @param sources model types that its experts may have
 * @param part what stands between a layer and its experts: {@code block_sparse_moe}
 * @param projections what a dense layer's projections are called in an expert
 * @param hasShared whether one expert is always asked
 */
public record MixtureForm(
        String name,
        String modelType,
        String architecture,
        List<String> sources,
        String part,
        Map<String, String> projections,
        boolean hasShared) {
    private static final Map<String, String> ALIKE =
            Map.of("gate_proj", "gate_proj", "up_proj", "up_proj", "down_proj", "down_proj");

    private static final List<MixtureForm> ALL = List.of(
            new MixtureForm(
                    "mixtral",
                    "mixtral",
                    "MixtralForCausalLM",
                    List.of("llama", "mistral"),
                    "block_sparse_moe",
                    Map.of("gate_proj", "w1", "down_proj", "w2", "up_proj", "w3"),
                    false),
            new MixtureForm("qwen3", "qwen3_moe", "Qwen3MoeForCausalLM", List.of("qwen3"), "mlp", ALIKE, false),
            new MixtureForm(
                    "qwen",
                    "qwen2_moe",
                    "Qwen2MoeForCausalLM",
                    List.of("qwen2", "llama", "mistral"),
                    "mlp",
                    ALIKE,
                    true));

    /**
     * The family for a recipe.
     *
     * @param type the model type of the base and of all experts
     * @throws ConfigException if there is none
     */
    public static MixtureForm of(MixtureRecipe recipe, String type) {
        String asked =
                recipe.architecture() == null ? "" : recipe.architecture().toLowerCase(Locale.ROOT);
        for (MixtureForm form : ALL) {
            boolean isAsked = asked.isEmpty() || asked.replace(" moe", "").equals(form.name());
            if (isAsked && form.sources().contains(type) && form.hasShared() == (recipe.shared() != null)) {
                return form;
            }
        }
        throw new ConfigException("experts of the type \"" + type + "\" "
                + (recipe.shared() == null ? "without" : "with") + " a shared expert"
                + (asked.isEmpty() ? "" : " for architecture: " + recipe.architecture())
                + " make no family known here: mixtral is made of llama and mistral, qwen3 of qwen3, qwen of qwen2,"
                + " llama and mistral with one shared expert (deepseek needs code from elsewhere)");
    }

    /** What an expert's projection is called. */
    public String expert(int layer, int expert, String projection) {
        return "model.layers." + layer + "." + part + ".experts." + expert + "." + projections.get(projection)
                + ".weight";
    }

    /** What the always asked expert's is called. */
    public String shared(int layer, String projection) {
        return "model.layers." + layer + "." + part + ".shared_expert." + projection + ".weight";
    }

    public String gate(int layer) {
        return "model.layers." + layer + "." + part + ".gate.weight";
    }

    public String sharedGate(int layer) {
        return "model.layers." + layer + "." + part + ".shared_expert_gate.weight";
    }

    /** Turns the base's config into that of the mixture. */
    public void describe(ObjectNode config, MixtureRecipe recipe) {
        config.put("model_type", modelType);
        config.putArray("architectures").add(architecture);
        config.put("num_experts_per_tok", recipe.perToken());
        config.putNull("sliding_window");
        if (modelType.equals("mixtral")) {
            config.put("num_local_experts", recipe.experts().size());
            return;
        }
        config.put("num_experts", recipe.experts().size());
        config.put("decoder_sparse_step", 1);
        config.put("norm_topk_prob", true);
        config.put("moe_intermediate_size", config.path("intermediate_size").asInt());
        config.putArray("mlp_only_layers");
        if (hasShared) {
            config.put("use_sliding_window", false);
            config.put(
                    "shared_expert_intermediate_size",
                    config.path("intermediate_size").asInt());
        }
    }
}
