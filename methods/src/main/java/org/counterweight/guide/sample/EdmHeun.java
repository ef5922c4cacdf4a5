package org.counterweight.guide.sample;

import org.bytedeco.pytorch.Tensor;
import org.counterweight.engine.Tensors;

/**
 * Heun's method on the probability flow of a variance-exploding model: T. Karras et al., "Elucidating the Design Space of
 * Diffusion-Based Generative Models", NeurIPS 2022, algorithm 1 without churn. Both stages of a step have its weight.
 *
 * @param sigmas the levels of noise of the steps, descending
 */
public record EdmHeun(double[] sigmas) implements Sampler {
    /** The levels of the paper's equation 5: {@code (smax^(1/rho) + i/(N-1) (smin^(1/rho) - smax^(1/rho)))^rho}. */
    public static EdmHeun of(int steps, double least, double greatest, double rho) {
        double[] sigmas = new double[steps];
        double from = Math.pow(greatest, 1 / rho);
        double to = Math.pow(least, 1 / rho);
        for (int i = 0; i < steps; i++) {
            sigmas[i] = Math.pow(steps == 1 ? from : from + (to - from) * i / (steps - 1), rho);
        }
        return new EdmHeun(sigmas);
    }

    /** What unit noise is multiplied by to begin from. */
    public double first() {
        return sigmas[0];
    }

    @Override
    public int steps() {
        return sigmas.length;
    }

    @Override
    public Tensor step(Guided model, Tensor x, double weight, int step) {
        double sigma = sigmas[step];
        double next = step + 1 < sigmas.length ? sigmas[step + 1] : 0;
        Tensor slope = slope(model, x, sigma, weight, step);
        Tensor euler = Tensors.add(x, slope, next - sigma);
        if (next == 0) {
            return euler;
        }
        Tensor corrected = slope.add(slope(model, euler, next, weight, step));
        return Tensors.add(x, corrected, (next - sigma) / 2);
    }

    private static Tensor slope(Guided model, Tensor x, double sigma, double weight, int step) {
        return Tensors.times(x.sub(model.clean(x, Noise.exploding(sigma), weight, step)), 1 / sigma);
    }
}
