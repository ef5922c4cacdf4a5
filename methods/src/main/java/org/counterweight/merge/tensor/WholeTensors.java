package org.counterweight.merge.tensor;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.StreamSupport;
import org.counterweight.weights.DType;
import org.counterweight.weights.ModelDirectory;
import org.counterweight.weights.StoredType;
import org.counterweight.weights.TensorInfo;
import org.counterweight.weights.WeightsException;
import org.counterweight.weights.quantised.Quantisation;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The tensors of a model that can be computed with. */
public final class WholeTensors {
    private static final String UNASKED = "let --dequantize widen it";
    private static final String FOREIGN =
            "dequantise it with transformers first (--dequantize widens block FP8 and" + " bitsandbytes' 4 bits alone)";

    private WholeTensors() {}

    /**
     * All tensors under their stored names.
     *
     * @param dequantize whether codes are widened, where it is known how
     * @throws WeightsException if the model is quantised, and that is not wanted or not known how to undo
     */
    public static Map<String, ModelTensor> of(ModelDirectory model, boolean dequantize) {
        boolean isQuantised = Quantisation.of(model).isPresent();
        boolean known = isQuantised && canBeWidened(model);
        if (isQuantised && !(known && dequantize)) {
            Quantisation.refuse(model, known ? UNASKED : FOREIGN);
        }
        var tensors = new LinkedHashMap<String, ModelTensor>();
        for (TensorInfo info : model.tensors().values()) {
            ModelTensor tensor = isQuantised ? widened(model, info) : StoredTensor.of(model, info);
            if (tensor != null) {
                tensors.put(info.name(), tensor);
            }
        }
        return tensors;
    }

    /** Whether the tensors show one of the forms that are known here. */
    public static boolean canBeWidened(ModelDirectory model) {
        Map<String, TensorInfo> all = model.tensors();
        return all.keySet().stream()
                .anyMatch(name -> description(all, name) != null || all.containsKey(name + BlockFp8.SCALES));
    }

    /** The tensor that a name stands for; null if it stands beside another. */
    private static @Nullable ModelTensor widened(ModelDirectory model, TensorInfo info) {
        Map<String, TensorInfo> all = model.tensors();
        TensorInfo state = description(all, info.name());
        if (state != null) {
            return FourBit.of(model, info, state);
        }
        TensorInfo scales = all.get(info.name() + BlockFp8.SCALES);
        if (scales != null && info.shape().length > 1) {
            return BlockFp8.of(model, info, scales, wholeType(model), block(model));
        }
        if (isBeside(all, info.name())) {
            return null;
        }
        if (info.dtype().isFloating() && info.dtype().bytes() == 1) {
            throw new WeightsException(model.path(), info + " is of 8 bits and has no factors beside it");
        }
        return StoredTensor.of(model, info);
    }

    private static @Nullable TensorInfo description(Map<String, TensorInfo> all, String name) {
        for (String ending : FourBit.STATES) {
            TensorInfo state = all.get(name + ending);
            if (state != null) {
                return state;
            }
        }
        return null;
    }

    private static boolean isBeside(Map<String, TensorInfo> all, String name) {
        return FourBit.BESIDE.stream()
                        .anyMatch(ending -> name.endsWith(ending)
                                && description(all, name.substring(0, name.length() - ending.length())) != null)
                || name.endsWith(BlockFp8.SCALES)
                || name.endsWith(".activation_scale") // of what goes through the layer, not of its weights
                || name.endsWith(".input_scale");
    }

    /** What the config says about the type of its weights, or of a part's; bfloat16 if it does not say. */
    private static DType wholeType(ModelDirectory model) {
        if (!model.hasConfig()) {
            return DType.BF16;
        }
        DType named = StoredType.named(named(model.config()));
        return named == null ? DType.BF16 : named;
    }

    private static String named(ObjectNode config) {
        String own = config.path("dtype").asString(config.path("torch_dtype").asString(""));
        return own.isEmpty()
                ? config.path("text_config")
                        .path("dtype")
                        .asString(config.path("text_config").path("torch_dtype").asString(""))
                : own;
    }

    private static long[] block(ModelDirectory model) {
        if (!model.hasConfig()) {
            return new long[0];
        }
        JsonNode said = model.config().findPath("quantization_config").path("weight_block_size");
        return StreamSupport.stream(said.spliterator(), false)
                .mapToLong(length -> length.asLong(0))
                .toArray();
    }
}
