package org.counterweight.merge.update.baseline;

import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.engine.Tensors;
import org.counterweight.model.Parametrization;
import org.counterweight.model.Pass;
import org.jspecify.annotations.Nullable;

/**
 * An update that only rescales what linear modules make of their inputs: y = l ∘ (W x) + b, with one factor an output.
 *
 * <p>H. Liu et al., "Few-shot parameter-efficient fine-tuning is better and cheaper than in-context learning", NeurIPS 2022.
 * The effective weight is diag(l) W. The official code rescales the bias too; here it stays, so that an applied module and its
 * merged weight are one.
 *
 * @param factors l, {@code [out]}, one at the start, so that step 0 is the old model
 */
public record Ia3(Tensor factors) implements Parametrization {
    /** For a weight {@code [out, in]}. */
    public static Ia3 create(Tensor weight) {
        return new Ia3(Tensors.plus(Tensors.zeros(weight.size(0)), 1).requires_grad_(true));
    }

    @Override
    public Tensor weight(Tensor base) {
        return base.mul(Tensors.as(factors, base).unsqueeze(1));
    }

    @Override
    public Tensor apply(Tensor x, Tensor base, @Nullable Tensor bias, Pass pass) {
        Tensor y = Tensors.linear(x, base, null);
        Tensor scaled = y.mul(Tensors.as(factors, y));
        return bias == null ? scaled : scaled.add(bias);
    }

    @Override
    public Ia3 with(Map<String, Tensor> tensors) {
        return new Ia3(tensors.getOrDefault("ia3_l", factors));
    }

    @Override
    public Map<String, Tensor> trainables() {
        return Map.of("ia3_l", factors);
    }
}
