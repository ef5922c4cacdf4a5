package org.counterweight.guide.learn;

import org.bytedeco.pytorch.Tensor;
import org.counterweight.config.ConfigException;
import org.counterweight.engine.Tensors;
import org.counterweight.guide.sample.Noise;

/**
 * What a network predicts of {@code x = a x_0 + b eps}, and in which scale it sees x. A level of noise is one number for all of
 * them, the angle whose tangent is b / a as a share of the right angle; so samplers of one kind can ask a network of another.
 */
public enum PredictionType {
    /** {@code eps}: J. Ho, A. Jain and P. Abbeel, NeurIPS 2020, equation 14. */
    EPSILON {
        @Override
        Tensor target(Tensor clean, Tensor noise, Tensor a, Tensor b) {
            return noise;
        }

        @Override
        Tensor noise(Tensor x, Tensor predicted, Noise level) {
            return predicted;
        }

        @Override
        Tensor clean(Tensor x, Tensor predicted, Noise level) {
            if (level.a() == 0) {
                throw new ConfigException(
                        "a network that predicts the noise says nothing of the data where there is noise"
                                + " alone, as a flow begins; take the sampler ddim, ddpm, dpm or edm");
            }
            return Tensors.times(Tensors.add(x, predicted, -level.b()), 1 / level.a());
        }
    },
    /** {@code a eps - b x_0}: T. Salimans and J. Ho, ICLR 2022, appendix D. */
    V {
        @Override
        Tensor target(Tensor clean, Tensor noise, Tensor a, Tensor b) {
            return noise.mul(a).sub(clean.mul(b));
        }

        @Override
        Tensor noise(Tensor x, Tensor predicted, Noise level) {
            return Tensors.add(Tensors.times(x, level.b()), predicted, level.a());
        }

        @Override
        Tensor clean(Tensor x, Tensor predicted, Noise level) {
            return Tensors.add(Tensors.times(x, level.a()), predicted, -level.b());
        }
    },
    /** {@code eps - x_0}, along straight lines: X. Liu, C. Gong and Q. Liu, ICLR 2023. */
    FLOW {
        @Override
        Tensor target(Tensor clean, Tensor noise, Tensor a, Tensor b) {
            return noise.sub(clean);
        }

        @Override
        Tensor noise(Tensor x, Tensor predicted, Noise level) {
            return Tensors.add(x, predicted, level.a());
        }

        @Override
        Tensor clean(Tensor x, Tensor predicted, Noise level) {
            return Tensors.add(x, predicted, -level.b());
        }

        @Override
        double size(Noise level) {
            return level.a() + level.b();
        }
    };

    /** What the network is to predict; a and b {@code [rows, 1, 1, 1]}. */
    abstract Tensor target(Tensor clean, Tensor noise, Tensor a, Tensor b);

    /** The noise, from what was predicted of x at a level of the network's own scale. */
    abstract Tensor noise(Tensor x, Tensor predicted, Noise level);

    /** The clean rows, likewise. */
    abstract Tensor clean(Tensor x, Tensor predicted, Noise level);

    /** What a row at that level is divided by before the network sees it. */
    double size(Noise level) {
        return Math.hypot(level.a(), level.b());
    }

    /** A level as networks are told it, 0 for data to 1 for noise. */
    static double angle(Noise level) {
        return Math.atan2(level.b(), level.a()) * 2 / Math.PI;
    }
}
