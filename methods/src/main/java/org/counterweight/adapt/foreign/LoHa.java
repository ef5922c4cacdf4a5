package org.counterweight.adapt.foreign;

import static org.bytedeco.pytorch.global.torch.mm;

import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.adapt.Saved;
import org.counterweight.engine.Tensors;
import org.counterweight.model.Parametrization;

/**
 * Low-rank Hadamard product: W' = W + s (A₁ B₁) ⊙ (A₂ B₂), s = alpha / r.
 *
 * <p>N. Hyeon-Woo et al., "FedPara: Low-Rank Hadamard Product for Communication-Efficient Federated Learning", ICLR 2022,
 * section 2.2, as an addend (LyCORIS).
 *
 * @param a1 A₁, {@code [out, r]}
 * @param b1 B₁, {@code [r, in]}
 * @param a2 A₂, {@code [out, r]}
 * @param b2 B₂, {@code [r, in]}
 * @param scale s
 */
public record LoHa(Tensor a1, Tensor b1, Tensor a2, Tensor b2, double scale) implements Parametrization {
    private static final String A1 = "hada_w1_a";
    private static final String B1 = "hada_w1_b";
    private static final String A2 = "hada_w2_a";
    private static final String B2 = "hada_w2_b";

    /** The adapter from its saved tensors. */
    public static LoHa restore(String module, Tensor base, long r, double scale, Map<String, Tensor> tensors) {
        var saved = new Saved(module, tensors);
        var adapter = new LoHa(
                saved.trained(A1, base.size(0), r),
                saved.trained(B1, r, base.size(1)),
                saved.trained(A2, base.size(0), r),
                saved.trained(B2, r, base.size(1)),
                scale);
        saved.done();
        return adapter;
    }

    @Override
    public Tensor weight(Tensor base) {
        return Tensors.as(Tensors.add(base, mm(a1, b1).mul(mm(a2, b2)), scale), base);
    }

    @Override
    public LoHa with(Map<String, Tensor> tensors) {
        return new LoHa(
                tensors.getOrDefault(A1, a1),
                tensors.getOrDefault(B1, b1),
                tensors.getOrDefault(A2, a2),
                tensors.getOrDefault(B2, b2),
                scale);
    }

    @Override
    public Map<String, Tensor> trainables() {
        return Map.of(A1, a1, B1, b1, A2, a2, B2, b2);
    }
}
