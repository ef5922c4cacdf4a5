package org.counterweight.adapt.foreign;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.adapt.Saved;
import org.counterweight.engine.Tensors;
import org.counterweight.model.Parametrization;

/**
 * Low-rank Hadamard product: W' = W + s (A₁ B₁) ⊙ (A₂ B₂), s = alpha / r.
 *
 * <p>N. Hyeon-Woo et al., "FedPara: Low-Rank Hadamard Product for Communication-Efficient Federated Learning", ICLR 2022,
 * section 2.2, as an addend (LyCORIS). At a convolution the products are the kernel as a matrix, {@code [out, in · kernel]},
 * or, with {@code use_effective_conv2d}, two decomposed kernels (section 2.2, proposition 3 there).
 *
 * @param factors {@code hada_w1_a [out, r]}, {@code hada_w1_b [r, in]} and the same of {@code hada_w2}; of decomposed kernels
 *     {@code hada_w1_a [r, out]}, {@code hada_w1_b [r, in]} and the core {@code hada_t1 [r, r, height, width]}
 * @param scale s
 */
public record LoHa(Map<String, Tensor> factors, double scale) implements Parametrization {
    private static final String FIRST = "hada_w1";
    private static final String SECOND = "hada_w2";

    public LoHa {
        factors = Map.copyOf(factors);
    }

    /**
     * The adapter from its saved tensors.
     *
     * @param base {@code [out, in]}, or a convolution's {@code [out, in, kernel…]}
     */
    public static LoHa restore(String module, Tensor base, long r, double scale, Map<String, Tensor> tensors) {
        var saved = new Saved(module, tensors);
        long out = base.size(0);
        var factors = new LinkedHashMap<String, Tensor>();
        for (String name : List.of(FIRST, SECOND)) {
            String a = name + "_a";
            String b = name + "_b";
            String core = Factors.core(name);
            boolean isDecomposed = base.dim() > 2 && saved.has(core);
            if (isDecomposed) {
                factors.put(core, saved.trained(core, Tucker.core(r, base)));
            }
            factors.put(a, isDecomposed ? saved.trained(a, r, out) : saved.trained(a, out, r));
            factors.put(b, saved.trained(b, r, isDecomposed ? base.size(1) : base.numel() / out));
        }
        saved.done();
        return new LoHa(factors, scale);
    }

    @Override
    public Tensor weight(Tensor base) {
        var products = new Factors(factors);
        long[] shape = Tensors.shape(base);
        Tensor update =
                products.of(FIRST).reshape(shape).mul(products.of(SECOND).reshape(shape));
        return Tensors.as(Tensors.add(base, update, scale), base);
    }

    @Override
    public LoHa with(Map<String, Tensor> tensors) {
        return new LoHa(new Factors(factors).with(tensors).byName(), scale);
    }

    @Override
    public Map<String, Tensor> trainables() {
        return factors;
    }
}
