package org.counterweight.adapt.foreign;

import static org.bytedeco.pytorch.global.torch.kron;
import static org.bytedeco.pytorch.global.torch.mm;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.adapt.Saved;
import org.counterweight.engine.Tensors;
import org.counterweight.model.Parametrization;
import org.counterweight.weights.WeightsException;

/**
 * Kronecker product of two factors: W' = W + s W₁ ⊗ W₂, s = alpha / r; each factor is stored whole, or as a product of rank
 * r where that is less.
 *
 * <p>S.-Y. Yeh et al., "Navigating Text-To-Image Customization: From LyCORIS Fine-Tuning to Model Evaluation", ICLR 2024,
 * section 3.3.
 *
 * @param factors {@code lokr_w1} or {@code lokr_w1_a [·, r]} and {@code lokr_w1_b [r, ·]}; the same of {@code lokr_w2}
 * @param scale s
 */
public record LoKr(Map<String, Tensor> factors, double scale) implements Parametrization {
    private static final String FIRST = "lokr_w1";
    private static final String SECOND = "lokr_w2";
    private static final long ANY = -1;

    public LoKr {
        factors = Map.copyOf(factors);
    }

    /**
     * The adapter from its saved tensors.
     *
     * @throws WeightsException if the product has not the shape of the base
     */
    public static LoKr restore(String module, Tensor base, long r, double scale, Map<String, Tensor> tensors) {
        var saved = new Saved(module, tensors);
        var factors = new LinkedHashMap<String, Tensor>();
        for (String factor : new String[] {FIRST, SECOND}) {
            if (saved.has(factor)) {
                factors.put(factor, saved.trained(factor, ANY, ANY));
            } else {
                factors.put(factor + "_a", saved.trained(factor + "_a", ANY, r));
                factors.put(factor + "_b", saved.trained(factor + "_b", r, ANY));
            }
        }
        saved.done();
        var adapter = new LoKr(factors, scale);
        Tensor first = adapter.factor(FIRST);
        Tensor second = adapter.factor(SECOND);
        long[] shape = {first.size(0) * second.size(0), first.size(1) * second.size(1)};
        if (!Arrays.equals(shape, Tensors.shape(base))) {
            throw new WeightsException(module + ": the product of its LoKr factors is " + Arrays.toString(shape)
                    + ", the base's weight " + Arrays.toString(Tensors.shape(base)));
        }
        return adapter;
    }

    private Tensor factor(String name) {
        Tensor whole = factors.get(name);
        return whole != null
                ? whole
                : mm(
                        Objects.requireNonNull(factors.get(name + "_a")),
                        Objects.requireNonNull(factors.get(name + "_b")));
    }

    @Override
    public Tensor weight(Tensor base) {
        return Tensors.as(Tensors.add(base, kron(factor(FIRST), factor(SECOND)), scale), base);
    }

    @Override
    public LoKr with(Map<String, Tensor> tensors) {
        var replaced = new LinkedHashMap<>(factors);
        replaced.replaceAll((name, old) -> tensors.getOrDefault(name, old));
        return new LoKr(replaced, scale);
    }

    @Override
    public Map<String, Tensor> trainables() {
        return factors;
    }
}
