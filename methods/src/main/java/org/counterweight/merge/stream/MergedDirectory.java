package org.counterweight.merge.stream;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.counterweight.merge.mergekit.ModelReference;
import org.counterweight.merge.mergekit.TokenizerChoice;
import org.counterweight.merge.source.ModelLayout;
import org.counterweight.merge.source.SlicedNames;
import org.counterweight.merge.tokens.Vocabularies;
import org.counterweight.weights.DType;
import org.counterweight.weights.ModelDirectory;
import org.counterweight.weights.TensorInfo;
import org.counterweight.weights.WeightsException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** What lies beside merged weights: config, tokenizer, the recipe, a short README. */
final class MergedDirectory {
    /** Lists in a config with an element for each layer. */
    private static final List<String> BY_LAYER =
            List.of("layer_types", "mlp_layer_types", "layers_block_type", "no_rope_layers", "block_configs");

    private final MergePlan plan;

    MergedDirectory(MergePlan plan) {
        this.plan = plan;
    }

    /** @param headDiffers whether the output has a head that is not its embedding */
    void write(Path directory, boolean headDiffers) {
        try {
            if (plan.donor().directory().hasConfig()) {
                Files.writeString(
                        directory.resolve("config.json"), config(headDiffers).toPrettyString() + "\n");
            }
            if (plan.options().copyTokenizer()) {
                TokenizerChoice choice = plan.recipe().tokenizer();
                ModelReference tokenizers = choice == null ? null : choice.model();
                (tokenizers == null ? plan.donor().directory() : ModelDirectory.withoutWeights(tokenizers.path()))
                        .copyCompanions(directory);
                Vocabularies vocabularies = plan.vocabularies();
                if (vocabularies != null && choice != null && choice.union()) {
                    Files.writeString(directory.resolve("tokenizer.json"), vocabularies.united());
                }
            }
            if (plan.recipe().chatTemplate() != null) {
                Files.writeString(
                        directory.resolve("chat_template.jinja"), plan.recipe().chatTemplate());
            }
            Files.writeString(
                    directory.resolve("mergekit_config.yml"), plan.recipe().text());
            if (plan.options().writeModelCard()) {
                Files.writeString(directory.resolve("README.md"), card());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(directory + ": cannot be written: " + e.getMessage(), e);
        }
    }

    private ObjectNode config(boolean headDiffers) {
        ObjectNode config = plan.donor().directory().config();
        DType type = plan.recipe().outDtype() != null
                ? plan.recipe().outDtype()
                : plan.recipe().dtype();
        if (type != null) {
            config.put("torch_dtype", name(type));
            config.put("dtype", name(type));
        }
        String key = plan.donor().layerKey();
        if (key != null && !plan.layers().isEmpty()) {
            int before = config.path(key).asInt();
            plan.layers().forEach((stack, origins) -> { // the stack that the key counts in the donor
                if (plan.donor().layers(stack) == before) {
                    config.put(key, origins.size());
                    BY_LAYER.forEach(list -> rearrange(config, list, origins));
                }
            });
        }
        for (TensorInfo info : plan.output()) {
            if (ModelLayout.hasTokenRows(info.name()) && !ModelLayout.isHead(info.name()) && config.has("vocab_size")) {
                config.put("vocab_size", info.shape()[0]);
            }
        }
        if (headDiffers && config.path("tie_word_embeddings").asBoolean(true)) { // not said, it depends on the family
            config.put("tie_word_embeddings", false); // tied, transformers would ignore the head
        }
        return config;
    }

    /** Takes each layer's element of a list from where the layer comes from. */
    private static void rearrange(ObjectNode config, String name, List<SlicedNames.Origin> origins) {
        if (!(config.get(name) instanceof ArrayNode)) {
            return;
        }
        ArrayNode list = config.putArray(name);
        for (SlicedNames.Origin origin : origins) {
            JsonNode element = origin.model().directory().hasConfig()
                    ? origin.model().directory().config().path(name).get(origin.layer())
                    : null;
            if (element == null) {
                throw new WeightsException(
                        origin.model().directory().path(), "its config has no " + name + " of layer " + origin.layer());
            }
            list.add(element);
        }
    }

    private static String name(DType type) {
        return switch (type) {
            case F32 -> "float32";
            case F16 -> "float16";
            case BF16 -> "bfloat16";
            case F64 -> "float64";
            default -> throw new IllegalArgumentException("no recipe asks for " + type);
        };
    }

    private String card() {
        var text = new StringBuilder("# A merged model\n\nMade by Counterweight with the method `"
                + plan.recipe().method().label() + "` from:\n\n");
        for (ModelLayout model : plan.models()) {
            text.append("- `").append(model.reference().text()).append('`');
            if (model.reference().equals(plan.recipe().base())) {
                text.append(" (base)");
            }
            text.append('\n');
        }
        return text.append("\nThe recipe:\n\n```yaml\n")
                .append(plan.recipe().text().stripTrailing())
                .append("\n```\n")
                .toString();
    }
}
