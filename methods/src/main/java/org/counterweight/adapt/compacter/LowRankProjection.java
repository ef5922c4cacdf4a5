package org.counterweight.adapt.compacter;

import static org.bytedeco.pytorch.global.torch.addmm;
import static org.bytedeco.pytorch.global.torch.mm;
import static org.counterweight.engine.Tensors.as;

import java.util.Map;
import org.bytedeco.pytorch.Tensor;

/**
 * H = L R: the low-rank adapter that Compacter is compared with.
 *
 * @param left L, {@code [in, r]}
 * @param right R, {@code [r, out]}
 * @param bias {@code [out]}
 */
public record LowRankProjection(Tensor left, Tensor right, Tensor bias) implements Projection {
    @Override
    public Tensor apply(Tensor x) {
        return addmm(as(bias, x), mm(x, as(left, x)), as(right, x));
    }

    @Override
    public Tensor matrix() {
        return mm(left, right);
    }

    @Override
    public LowRankProjection with(Map<String, Tensor> tensors) {
        return new LowRankProjection(
                tensors.getOrDefault("W_left", left),
                tensors.getOrDefault("W_right", right),
                tensors.getOrDefault("b", bias));
    }

    @Override
    public Map<String, Tensor> trainables() {
        return Map.of("W_left", left, "W_right", right, "b", bias);
    }
}
