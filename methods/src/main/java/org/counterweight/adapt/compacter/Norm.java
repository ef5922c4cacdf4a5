package org.counterweight.adapt.compacter;

import static org.counterweight.engine.Tensors.as;
import static org.counterweight.engine.Tensors.layerNorm;

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
}
