package org.counterweight.merge.moe;

import java.util.ArrayList;
import java.util.List;
import org.counterweight.config.Checks;
import org.counterweight.config.ConfigException;
import org.counterweight.config.Configs;
import org.counterweight.merge.mergekit.ModelPlaces;
import org.counterweight.merge.mergekit.ModelReference;
import org.counterweight.merge.mergekit.YamlScalar;
import org.counterweight.weights.DType;
import org.counterweight.weights.StoredType;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * mergekit-moe's file, read strictly.
 *
 * @param base whose embeddings, attention and norms the output has, and whose hidden states make the gates
 * @param experts whose feed-forward parts are chosen among
 * @param shared one that is always asked; null if there is none
 * @param gates how the choice begins
 * @param dtype in which the output is stored; null for the base's
 * @param perToken how many experts each token asks
 * @param architecture the beginning of the output's family name; null to choose by the models
 * @param text the file as it was
 */
public record MixtureRecipe(
        ModelReference base,
        List<Expert> experts,
        @Nullable Expert shared,
        GateMode gates,
        @Nullable DType dtype,
        int perToken,
        @Nullable String architecture,
        String text,
        ObjectNode tree) {
    private static final List<String> KEYS = List.of(
            "base_model", "experts", "gate_mode", "dtype", "experts_per_token", "shared_experts", "architecture");
    private static final List<String> OF_EXPERT =
            List.of("source_model", "positive_prompts", "negative_prompts", "noise_scale", "residual_scale");

    /**
     * One model.
     *
     * @param positive texts that should be its
     * @param negative texts that should not
     * @param noise the deviation of noise that is added to its weights
     * @param residual what its last projection is multiplied by
     */
    public record Expert(
            ModelReference model, List<String> positive, List<String> negative, double noise, double residual) {}

    /** How gates are made. */
    public enum GateMode {
        /** From what the last token of each prompt is before each layer. */
        HIDDEN,
        /** From the mean over all tokens. */
        HIDDEN_AVG,
        /** As {@link #HIDDEN}. */
        HIDDEN_LAST,
        /** From the embeddings of the prompts' tokens, the same for each layer. */
        CHEAP_EMBED,
        /** Normal draws. */
        RANDOM,
        /** Draws as a linear layer begins with. */
        UNIFORM_RANDOM;

        public boolean isDrawn() {
            return this == RANDOM || this == UNIFORM_RANDOM;
        }
    }

    /** Whether a file is one of these: it has experts. */
    public static boolean isOne(ObjectNode tree) {
        return tree.has("experts");
    }

    /** @throws ConfigException naming the key, the value and what is allowed */
    public static MixtureRecipe of(ObjectNode tree, String text, ModelPlaces places) {
        known(tree, "", KEYS);
        if (!tree.hasNonNull("base_model")) {
            throw new ConfigException("base_model is missing; name the model whose attention the output has");
        }
        GateMode gates = gates(tree.path("gate_mode"));
        List<Expert> experts = experts(tree.path("experts"), "experts", gates, places);
        List<Expert> shared = tree.hasNonNull("shared_experts")
                ? experts(tree.path("shared_experts"), "shared_experts", GateMode.RANDOM, places)
                : List.of();
        if (shared.size() > 1) {
            throw new ConfigException("shared_experts: " + shared.size() + " are given; no family has more than one");
        }
        JsonNode perToken = tree.path("experts_per_token");
        Integer asked = perToken.isMissingNode() || perToken.isNull() ? Integer.valueOf(2) : YamlScalar.whole(perToken);
        if (asked == null || asked < 1 || asked > experts.size()) {
            throw new ConfigException(
                    "experts_per_token",
                    perToken.isMissingNode() ? (Object) 2 : perToken,
                    "from 1 to " + experts.size() + ", the number of experts");
        }
        if (!gates.isDrawn()
                && experts.size() > 1
                && experts.stream()
                                .map(e -> List.of(e.positive(), e.negative()))
                                .distinct()
                                .count()
                        == 1) {
            throw new ConfigException(
                    "experts: all have the same prompts, by which no gate could choose; give each its own");
        }
        return new MixtureRecipe(
                ModelReference.of(tree.get("base_model"), places, "base_model"),
                experts,
                shared.isEmpty() ? null : shared.get(0),
                gates,
                dtype(tree.path("dtype")),
                asked,
                tree.hasNonNull("architecture") ? tree.path("architecture").asString("") : null,
                text,
                tree);
    }

    private static void known(JsonNode node, String path, List<String> keys) {
        for (String key : node.propertyNames()) {
            if (!keys.contains(key)) {
                throw new ConfigException(Configs.unknown(path + key, key, keys));
            }
        }
    }

    private static GateMode gates(JsonNode node) {
        if (node.isMissingNode() || node.isNull()) {
            return GateMode.HIDDEN;
        }
        for (GateMode mode : GateMode.values()) {
            if (mode.name().equalsIgnoreCase(node.asString(""))) {
                return mode;
            }
        }
        throw new ConfigException(
                "gate_mode", node, "hidden, hidden_avg, hidden_last, cheap_embed, random or uniform_random");
    }

    private static List<Expert> experts(JsonNode node, String path, GateMode gates, ModelPlaces places) {
        if (!node.isArray() || node.isEmpty()) {
            throw new ConfigException(path, node, "a list of experts");
        }
        var experts = new ArrayList<Expert>();
        for (int i = 0; i < node.size(); i++) {
            String field = path + "[" + i + "].";
            JsonNode expert = node.get(i);
            known(expert, field, OF_EXPERT);
            if (!expert.hasNonNull("source_model")) {
                throw new ConfigException(field + "source_model is missing");
            }
            List<String> positive = prompts(expert.path("positive_prompts"), field + "positive_prompts");
            if (positive.isEmpty() && !gates.isDrawn()) {
                throw new ConfigException(
                        field + "positive_prompts is missing; give texts that should go to this expert");
            }
            double noise = number(expert, field, "noise_scale", 0);
            Checks.notNegative(field + "noise_scale", noise);
            double residual = number(expert, field, "residual_scale", 1);
            experts.add(new Expert(
                    ModelReference.of(expert.get("source_model"), places, field + "source_model"),
                    positive,
                    prompts(expert.path("negative_prompts"), field + "negative_prompts"),
                    noise,
                    residual));
        }
        return experts;
    }

    private static double number(JsonNode expert, String field, String key, double otherwise) {
        if (!expert.hasNonNull(key)) {
            return otherwise;
        }
        Double value = YamlScalar.number(expert.get(key));
        if (value == null) {
            throw new ConfigException(field + key, expert.get(key), "a finite number");
        }
        return value;
    }

    private static List<String> prompts(JsonNode node, String path) {
        var prompts = new ArrayList<String>();
        for (JsonNode prompt : node) {
            if (!prompt.isString() || prompt.asString().isEmpty()) {
                throw new ConfigException(path, prompt, "a list of texts");
            }
            prompts.add(prompt.asString());
        }
        return prompts;
    }

    private static @Nullable DType dtype(JsonNode node) {
        if (node.isMissingNode() || node.isNull()) {
            return null;
        }
        DType type = StoredType.named(node.asString(""));
        if (type == null) {
            throw new ConfigException("dtype", node, "float32, float16 or bfloat16");
        }
        return type;
    }
}
