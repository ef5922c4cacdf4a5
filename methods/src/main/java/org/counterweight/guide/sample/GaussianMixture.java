package org.counterweight.guide.sample;

import java.util.stream.LongStream;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.counterweight.config.ConfigException;
import org.counterweight.engine.Tensors;

/**
 * Data of which the noise is known exactly: a mixture of Gaussians with diagonal variances. At {@code x = a x_0 + b eps}
 * component k is a Gaussian of mean {@code a mu_k} and variance {@code a^2 s_k + b^2}.
 *
 * @param weights {@code [K]}, above 0; they need not sum to one
 * @param means {@code [K, d]}
 * @param variances {@code [K, d]}
 * @param labels {@code [K]}, the condition that each component is of
 */
public record GaussianMixture(Tensor weights, Tensor means, Tensor variances, Tensor labels) implements Denoiser {
    /** The mixture of the components of a label. */
    public GaussianMixture conditional(long label) {
        long[] all = Tensors.toLongs(labels);
        long[] own = LongStream.range(0, all.length)
                .filter(k -> all[(int) k] == label)
                .toArray();
        if (own.length == 0) {
            throw new ConfigException("label", label, "one of those of the mixture's components");
        }
        Tensor chosen = Tensors.longs(own, own.length);
        return new GaussianMixture(
                weights.index_select(0, chosen),
                means.index_select(0, chosen),
                variances.index_select(0, chosen),
                labels.index_select(0, chosen));
    }

    @Override
    public Tensor noise(Tensor x, Noise level) {
        // eps = -b score, and the score of component k is -(x - a mu_k) / V_k
        Parts parts = parts(x, level);
        return Tensors.times(expected(parts.share(), parts.pull()), level.b());
    }

    @Override
    public Tensor clean(Tensor x, Noise level) {
        Parts parts = parts(x, level);
        Tensor shifts = means.unsqueeze(0)
                .add(Tensors.times(variances.unsqueeze(0), level.a()).mul(parts.pull()));
        return expected(parts.share(), shifts);
    }

    /**
     * @param share {@code [rows, K]}, the probability of each component
     * @param pull {@code [rows, K, d]}, {@code (x - a mu_k) / V_k}
     */
    private record Parts(Tensor share, Tensor pull) {}

    private Parts parts(Tensor x, Noise level) {
        Tensor variance = Tensors.plus(Tensors.times(variances, level.a() * level.a()), level.b() * level.b());
        Tensor distance = x.unsqueeze(1).sub(Tensors.times(means, level.a()).unsqueeze(0));
        Tensor pull = distance.div(variance.unsqueeze(0));
        Tensor exponent = Tensors.sum(pull.mul(distance), false, 2)
                .add(Tensors.sum(variance.log(), false, 1).unsqueeze(0));
        Tensor logits = Tensors.add(weights.log().unsqueeze(0), exponent, -0.5);
        return new Parts(Tensors.softmax(logits, 1), pull);
    }

    private static Tensor expected(Tensor share, Tensor values) {
        return torch.matmul(share.unsqueeze(1), values).squeeze(1);
    }
}
