package org.counterweight.guide.sample;

import org.bytedeco.pytorch.Tensor;

/** A model that knows the noise in {@code x = a x_0 + b eps}. */
@FunctionalInterface
public interface Denoiser {
    /**
     * The noise that is expected in each row.
     *
     * @param x {@code [rows, ...]}
     * @return like x
     */
    Tensor noise(Tensor x, Noise level);

    /** The clean rows that are expected; of a model that predicts them itself also where a is 0. */
    default Tensor clean(Tensor x, Noise level) {
        return Steps.clean(x, noise(x, level), level);
    }

    /** The velocity of a flow that is expected, noise less clean rows; of a model that predicts more than one of them at once. */
    default Tensor velocity(Tensor x, Noise level) {
        return noise(x, level).sub(clean(x, level));
    }
}
