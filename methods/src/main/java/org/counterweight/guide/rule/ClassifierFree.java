package org.counterweight.guide.rule;

import org.bytedeco.pytorch.Tensor;
import org.counterweight.config.ConfigException;
import org.counterweight.guide.Convention;

/**
 * Ordinary guidance, {@code e_c + w (e_c - e_u)} or {@code e_u + g (e_c - e_u)}, and with a rescaling of its deviation if
 * wanted. J. Ho and T. Salimans, "Classifier-Free Diffusion Guidance", 2022. With a weaker model's prediction in place of
 * the unconditional one it is autoguidance (T. Karras et al., 2024).
 *
 * @param rescale phi, from 0 for none to 1
 */
public record ClassifierFree(Convention convention, double rescale) implements Guider {
    public ClassifierFree {
        checkRescale(rescale);
    }

    static void checkRescale(double rescale) {
        if (!(rescale >= 0 && rescale <= 1)) {
            throw new ConfigException("guidance.rescale", rescale, "a share from 0 to 1 (0.7 is usual)");
        }
    }

    public static ClassifierFree of(Convention convention) {
        return new ClassifierFree(convention, 0);
    }

    @Override
    public boolean isUnconditional(double weight, int step) {
        return rescale == 0 && convention.isUnconditional(weight);
    }

    @Override
    public Tensor combine(Tensor cond, Tensor uncond, double weight, int step) {
        return Predictions.wide(
                cond,
                uncond,
                (c, u) -> convention.leavesConditional(weight)
                        ? c
                        : Predictions.rescaled(Predictions.extrapolate(c, u, weight, convention), c, rescale));
    }
}
