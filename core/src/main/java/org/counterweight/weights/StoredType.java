package org.counterweight.weights;

import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.bytedeco.pytorch.Tensor;
import tools.jackson.databind.node.ObjectNode;

/**
 * The type of a model's weights in its {@code config.json}: {@code dtype} since transformers 5, {@code torch_dtype} before.
 * transformers loads weights in the type that stands there, so one that is not theirs would round them without a word.
 */
final class StoredType {
    private static final Map<DType, String> NAMES =
            Map.of(DType.F64, "float64", DType.F32, "float32", DType.F16, "float16", DType.BF16, "bfloat16");

    private StoredType() {}

    /** Corrects what {@code config} says of weights that are all of one type; what it does not say is not added. */
    static void say(ObjectNode config, Collection<Tensor> weights) {
        Set<DType> types = weights.stream()
                .filter(Tensor::is_floating_point)
                .map(tensor -> DType.of(tensor.scalar_type().intern()))
                .collect(Collectors.toSet());
        String name = types.size() == 1 ? NAMES.get(types.iterator().next()) : null;
        for (String key : new String[] {"dtype", "torch_dtype"}) {
            if (name != null && config.hasNonNull(key)) {
                config.put(key, name);
            }
        }
    }
}
