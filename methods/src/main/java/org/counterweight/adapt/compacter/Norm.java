package org.counterweight.adapt.compacter;

import static org.counterweight.engine.Tensors.as;
import static org.counterweight.engine.Tensors.layerNorm;

import java.util.Map;
import org.bytedeco.pytorch.Tensor;

/**
 * A layer normalisation.
 *
 * @param weight {@code [width]}
 * @param bias {@code [width]}
 */
public record Norm(Tensor weight, Tensor bias, double eps) {
    Tensor apply(Tensor x) {
        return layerNorm(x, as(weight, x), as(bias, x), eps);
    }

    /** The same with {@code name.weight} and {@code name.bias}, where these are among {@code tensors}. */
    Norm with(Map<String, Tensor> tensors, String name) {
        return new Norm(
                tensors.getOrDefault(name + ".weight", weight), tensors.getOrDefault(name + ".bias", bias), eps);
    }
}
