package org.counterweight.guide.sample;

import org.bytedeco.pytorch.Tensor;
import org.counterweight.engine.Tensors;

/** The forms of a prediction, each from another. */
final class Steps {
    private Steps() {}

    /** {@code (x - b eps) / a}. */
    static Tensor clean(Tensor x, Tensor noise, Noise level) {
        return Tensors.times(Tensors.add(x, noise, -level.b()), 1 / level.a());
    }

    /** {@code a x_0 + b eps}. */
    static Tensor noisy(Tensor clean, Tensor noise, Noise level) {
        return Tensors.add(Tensors.times(clean, level.a()), noise, level.b());
    }
}
