package org.counterweight.adapt.foreign;

import static org.bytedeco.pytorch.global.torch.mm;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.bytedeco.pytorch.Tensor;

/**
 * Matrices and kernels as LyCORIS stores them, by name: {@code …_w1} whole, or {@code …_w1_a} and {@code …_w1_b} as the product
 * that it is; of a decomposed kernel these and {@code …_t1}, by {@link Tucker}.
 */
record Factors(Map<String, Tensor> byName) {
    Factors {
        byName = Map.copyOf(byName);
    }

    /** The name of a decomposed kernel's core: {@code hada_t1} of {@code hada_w1}. */
    static String core(String name) {
        return name.replace("_w", "_t");
    }

    /** What has that name, multiplied out. */
    Tensor of(String name) {
        Tensor whole = byName.get(name);
        if (whole != null) {
            return whole;
        }
        Tensor a = Objects.requireNonNull(byName.get(name + "_a"));
        Tensor b = Objects.requireNonNull(byName.get(name + "_b"));
        Tensor core = byName.get(core(name));
        return core == null ? mm(a, b) : Tucker.kernel(core, a, b);
    }

    /** The same with these in place of those of the same name. */
    Factors with(Map<String, Tensor> tensors) {
        var replaced = new LinkedHashMap<>(byName);
        replaced.replaceAll((name, old) -> tensors.getOrDefault(name, old));
        return new Factors(replaced);
    }
}
