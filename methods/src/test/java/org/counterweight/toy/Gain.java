package org.counterweight.toy;

import static org.bytedeco.pytorch.global.torch.ones;
import static org.counterweight.engine.Tensors.as;
import static org.counterweight.engine.Tensors.linear;

import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.adapt.lowrank.LowRank;
import org.counterweight.engine.Tensors;
import org.counterweight.model.Parametrization;
import org.counterweight.model.Pass;
import org.jspecify.annotations.Nullable;

/**
 * A gain for each output: W' = diag(g) W.
 *
 * @param g the gains, {@code [out]}, 1 at the start, so that step 0 is the base model
 */
public record Gain(Tensor g) implements Parametrization {
    static final String GAIN = "gain";

    static Gain create(Tensor base) {
        Tensor start = ones(new long[] {base.size(0)}, Tensors.options(LowRank.wide(base)));
        return new Gain(LowRank.trained(start, base.device()));
    }

    @Override
    public Tensor weight(Tensor base) {
        return as(g.unsqueeze(1).mul(base), base);
    }

    /** g * (x W^T) + bias: W' is never built. */
    @Override
    public Tensor apply(Tensor x, Tensor base, @Nullable Tensor bias, Pass pass) {
        Tensor y = linear(x, base, null).mul(as(g, x)); // [..., out]
        return bias == null ? y : y.add(bias);
    }

    @Override
    public Gain with(Map<String, Tensor> tensors) {
        return new Gain(tensors.getOrDefault(GAIN, g));
    }

    @Override
    public Map<String, Tensor> trainables() {
        return Map.of(GAIN, g);
    }
}
