package org.counterweight.merge.stream;

import java.util.List;
import java.util.function.Consumer;
import org.counterweight.merge.source.LayerCounts;
import org.counterweight.merge.source.SlicedNames;
import org.counterweight.merge.source.TensorNames;
import org.counterweight.merge.tokens.Vocabularies;
import org.counterweight.weights.DType;
import org.counterweight.weights.StoredType;
import org.counterweight.weights.TensorInfo;
import org.counterweight.weights.WeightsException;
import org.counterweight.weights.quantised.Quantisation;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The {@code config.json} of a merged model: the donor's, with what the merge changed said right.
 *
 * @param headDiffers whether the output has a head that is not its embedding
 * @param notes is told what the user should know
 */
record MergedConfig(MergePlan plan, boolean headDiffers, Consumer<String> notes) {
    /** Lists in a config with an element for each layer. */
    private static final List<String> BY_LAYER =
            List.of("layer_types", "mlp_layer_types", "layers_block_type", "no_rope_layers", "block_configs");

    private static final String ROWS = "vocab_size";
    private static final String PADDING = "pad_token_id";

    ObjectNode config() {
        ObjectNode config = plan.donor().directory().config();
        if (plan.options().dequantize()) {
            Quantisation.forget(config);
        }
        sayType(config);
        plan.layers().forEach((stack, origins) -> sayLayers(config, stack, origins));
        sayRows(config);
        Vocabularies vocabularies = plan.vocabularies();
        if (vocabularies != null) {
            vocabularies.moveIds(config, "config.json", notes);
        }
        if (headDiffers && config.path("tie_word_embeddings").asBoolean(true)) { // not said, it depends on the family
            config.put("tie_word_embeddings", false); // tied, transformers would ignore the head
        }
        return config;
    }

    /** The type to say in place of the donor's; null for none. */
    private @Nullable DType type(ObjectNode config) {
        DType asked = plan.recipe().outDtype() != null
                ? plan.recipe().outDtype()
                : plan.recipe().dtype();
        if (asked != null) {
            return asked;
        }
        List<DType> written = plan.tensors().stream()
                .map(tensor -> tensor.info().dtype())
                .filter(DType::isFloating)
                .distinct()
                .toList();
        String said = config.path(config.hasNonNull("dtype") ? "dtype" : "torch_dtype")
                .asString("");
        DType before = StoredType.named(said);
        boolean isOther =
                before != null && written.size() == 1 && written.get(0).bytes() > before.bytes();
        return isOther ? written.get(0) : null; // models of several types make one of the widest
    }

    private void sayType(ObjectNode config) {
        DType type = type(config);
        if (type == null) {
            return;
        }
        StoredType.put(config, type);
        config.properties().forEach(entry -> {
            if (entry.getKey().endsWith("_config") && entry.getValue() instanceof ObjectNode part) {
                for (String key : List.of("torch_dtype", "dtype")) {
                    if (part.hasNonNull(key)) {
                        part.put(key, StoredType.name(type));
                    }
                }
            }
        });
    }

    private void sayLayers(ObjectNode config, String stack, List<SlicedNames.Origin> origins) {
        ObjectNode before = plan.donor().directory().config();
        for (LayerCounts.Place place :
                LayerCounts.of(before, stack, plan.donor().layers(stack))) {
            if (place.in(config) instanceof ObjectNode part) {
                part.put(place.key(), origins.size());
                BY_LAYER.forEach(list -> rearrange(part, list, place, origins));
            }
        }
    }

    /** Takes each layer's element of a list from where the layer comes from. */
    private static void rearrange(
            ObjectNode part, String name, LayerCounts.Place place, List<SlicedNames.Origin> origins) {
        if (!(part.get(name) instanceof ArrayNode)) {
            return;
        }
        ArrayNode list = part.putArray(name);
        for (SlicedNames.Origin origin : origins) {
            JsonNode element = origin.model().directory().hasConfig()
                    ? place.in(origin.model().directory().config()).path(name).get(origin.layer())
                    : null;
            if (element == null) {
                throw new WeightsException(
                        origin.model().directory().path(), "its config has no " + name + " of layer " + origin.layer());
            }
            list.add(element);
        }
    }

    /** How many rows the embedding has, wherever the donor's config says it of its own. */
    private void sayRows(ObjectNode config) {
        for (TensorInfo info : plan.output()) {
            if (TensorNames.isEmbedding(info.name()) && info.shape().length == 2) {
                long rows = info.shape()[0];
                sayRows(config, plan.donor().embeddingRows(), rows);
                if (config.has(ROWS)) {
                    config.put(ROWS, rows);
                }
                if (config.path(PADDING).asInt(-1) >= rows) { // transformers would not open it
                    notes.accept(PADDING + ": " + config.path(PADDING) + " has no row in the output; it is left empty");
                    config.putNull(PADDING);
                }
                return;
            }
        }
    }

    private static void sayRows(ObjectNode config, long before, long rows) {
        config.properties().forEach(entry -> {
            if (entry.getKey().endsWith("_config") && entry.getValue() instanceof ObjectNode part) {
                if (part.path(ROWS).asLong(-1) == before) {
                    part.put(ROWS, rows);
                }
                sayRows(part, before, rows);
            }
        });
    }
}
