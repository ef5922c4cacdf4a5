package org.counterweight.adapt.compacter;

import static org.counterweight.engine.Tensors.as;
import static org.counterweight.engine.Tensors.linear;

import java.util.Map;
import org.bytedeco.pytorch.Tensor;

/**
 * An ordinary linear layer.
 *
 * @param weight {@code [out, in]}
 * @param bias {@code [out]}
 */
public record DenseProjection(Tensor weight, Tensor bias) implements Projection {
    @Override
    public Tensor apply(Tensor x) {
        return linear(x, as(weight, x), as(bias, x));
    }

    @Override
    public Tensor matrix() {
        return weight.t();
    }

    @Override
    public DenseProjection with(Map<String, Tensor> tensors) {
        return new DenseProjection(tensors.getOrDefault("weight", weight), tensors.getOrDefault("bias", bias));
    }

    @Override
    public Map<String, Tensor> trainables() {
        return Map.of("weight", weight, "bias", bias);
    }
}
