package org.counterweight.guide.sample;

import org.bytedeco.pytorch.Tensor;
import org.counterweight.engine.Tensors;

/**
 * Heun's method on the probability flow of a variance-exploding model: T. Karras et al., "Elucidating the Design Space of
 * Diffusion-Based Generative Models", NeurIPS 2022, algorithm 1 without churn.
 *
 * @param sigmas the levels of noise of the steps, descending
 * @param corrector whose weight the second stage of a step has
 */
public record EdmHeun(double[] sigmas, Corrector corrector) implements Sampler {
    /** The weight of a step's second stage, which lies at the time of the step after. */
    public enum Corrector {
        /** That of the step, as in T. Kynkäänniemi et al., NeurIPS 2024. */
        STEP,
        /** That of its own time. */
        OWN_TIME
    }

    /** With one weight for both stages. */
    public EdmHeun(double... sigmas) {
        this(sigmas, Corrector.STEP);
    }

    /** The levels of the paper's equation 5: {@code (smax^(1/rho) + i/(N-1) (smin^(1/rho) - smax^(1/rho)))^rho}. */
    public static double[] levels(int steps, double least, double greatest, double rho) {
        double[] sigmas = new double[steps];
        double from = Math.pow(greatest, 1 / rho);
        double to = Math.pow(least, 1 / rho);
        for (int i = 0; i < steps; i++) {
            sigmas[i] = Math.pow(steps == 1 ? from : from + (to - from) * i / (steps - 1), rho);
        }
        return sigmas;
    }

    /** A sampler over {@link #levels}. */
    public static EdmHeun of(int steps, double least, double greatest, double rho) {
        return new EdmHeun(levels(steps, least, greatest, rho));
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
    public Tensor step(Guided model, Tensor x, double[] weights, int step) {
        double sigma = sigmas[step];
        double next = step + 1 < sigmas.length ? sigmas[step + 1] : 0;
        Tensor slope = slope(model, x, sigma, weights[step], step);
        Tensor euler = Tensors.add(x, slope, next - sigma);
        if (next == 0) {
            return euler;
        }
        double weight = weights[corrector == Corrector.STEP ? step : step + 1];
        Tensor corrected = slope.add(slope(model, euler, next, weight, step));
        return Tensors.add(x, corrected, (next - sigma) / 2);
    }

    private static Tensor slope(Guided model, Tensor x, double sigma, double weight, int step) {
        return Tensors.times(x.sub(model.clean(x, Noise.exploding(sigma), weight, step)), 1 / sigma);
    }
}
