package org.counterweight.weights;

import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * The type of a model's weights in its {@code config.json}: {@code dtype} since transformers 5, {@code torch_dtype} before.
 * transformers loads weights in the type that stands there, so one that is not theirs would round them without a word.
 */
public final class StoredType {
    private static final Map<DType, String> NAMES =
            Map.of(DType.F64, "float64", DType.F32, "float32", DType.F16, "float16", DType.BF16, "bfloat16");

    private StoredType() {}

    /**
     * What a config calls a type: {@code bfloat16}.
     *
     * @throws IllegalArgumentException if models are not stored in it
     */
    public static String name(DType type) {
        String name = NAMES.get(type);
        if (name == null) {
            throw new IllegalArgumentException("no config calls weights " + type);
        }
        return name;
    }

    /** The type of that name, with {@code torch.} before it or without; null if there is none. */
    public static @Nullable DType named(String name) {
        String plain = name.startsWith("torch.") ? name.substring("torch.".length()) : name;
        for (var entry : NAMES.entrySet()) {
            if (entry.getValue().equals(plain)) {
                return entry.getKey();
            }
        }
        return null;
    }

    /** Writes the type of all weights under both keys. */
    public static void put(ObjectNode config, DType type) {
        config.put("torch_dtype", name(type)).put("dtype", name(type));
    }

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
