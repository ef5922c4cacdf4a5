package org.counterweight.guide.sample;

import org.bytedeco.pytorch.Tensor;
import org.counterweight.engine.Tensors;

/**
 * Euler's method along a flow of straight lines: X. Liu, C. Gong and Q. Liu, "Flow Straight and Fast", ICLR 2023.
 *
 * @param sigmas the times from noise, 1, to data; one more than there are steps, the last 0
 */
public record FlowEuler(double... sigmas) implements Sampler {
    @Override
    public int steps() {
        return sigmas.length - 1;
    }

    @Override
    public Tensor step(Guided model, Tensor x, double[] weights, int step) {
        Tensor velocity = model.velocity(x, Noise.straight(sigmas[step]), weights[step], step);
        return Tensors.add(x, velocity, sigmas[step + 1] - sigmas[step]);
    }
}
