package org.counterweight.guide.sample;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Tensor;

/**
 * Steps to the guided clean rows, and from there back to the next level of noise by the unconditional noise: H. Chung et al.,
 * "CFG++: Manifold-constrained Classifier Free Guidance for Diffusion Models", ICLR 2025, algorithm 2. The weight is the paper's
 * lambda in {@link org.counterweight.guide.Convention#SCALE}, from 0 to 1; at 1 the clean rows are the conditional ones and
 * the noise is still the other, which is not conditional sampling. Over the levels of any sampler of first order.
 *
 * @param levels of noise of the steps, descending, and the one that the samples end at
 */
public record CfgPlusPlus(List<Noise> levels) implements Sampler {
    public CfgPlusPlus {
        levels = List.copyOf(levels);
    }

    /** Over the steps of {@link Ddim}. */
    public static CfgPlusPlus preserving(NoiseSchedule schedule, long... timesteps) {
        return new CfgPlusPlus(IntStream.rangeClosed(0, timesteps.length)
                .mapToObj(i -> schedule.level(timesteps, i))
                .toList());
    }

    /**
     * Euler's steps over levels of {@link EdmHeun}, {@code D + sigma' (x - D_u) / sigma}.
     *
     * @param sigmas of the steps; the samples end without noise
     */
    public static CfgPlusPlus exploding(double... sigmas) {
        return new CfgPlusPlus(Arrays.stream(Arrays.copyOf(sigmas, sigmas.length + 1))
                .mapToObj(Noise::exploding)
                .toList());
    }

    /** Over the steps of {@link FlowEuler}. */
    public static CfgPlusPlus straight(double... sigmas) {
        return new CfgPlusPlus(Arrays.stream(sigmas).mapToObj(Noise::straight).toList());
    }

    @Override
    public int steps() {
        return levels.size() - 1;
    }

    @Override
    public Tensor step(Guided model, Tensor x, double[] weights, int step) {
        Noise level = levels.get(step);
        Guided.Pair clean = model.cleanPair(x, level, weights[step], step);
        return Steps.noisy(clean.guided(), Steps.noise(x, clean.unconditional(), level), levels.get(step + 1));
    }
}
