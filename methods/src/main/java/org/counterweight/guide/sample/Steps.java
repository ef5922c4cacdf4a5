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

    /** {@code (x - a x_0) / b}. */
    static Tensor noise(Tensor x, Tensor clean, Noise level) {
        return Tensors.times(Tensors.add(x, clean, -level.a()), 1 / level.b());
    }

    /** {@code a x_0 + b eps}. */
    static Tensor noisy(Tensor clean, Tensor noise, Noise level) {
        return Tensors.add(Tensors.times(clean, level.a()), noise, level.b());
    }
}
