package org.counterweight.reweigh.group;

import static org.counterweight.engine.Tensors.norm2;
import static org.counterweight.engine.Tensors.plus;
import static org.counterweight.engine.Tensors.scalar;
import static org.counterweight.engine.Tensors.times;

import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.counterweight.config.ConfigException;
import org.counterweight.engine.Tensors;

/**
 * Domain weights from gradients: a domain whose gradient points where the target domains' gradients point grows.
 * s_d = η Σ_{j in targets} ⟨G_d, G_j⟩ / (mean_d |G_d| + 1e-6), clipped to [η lowest, η highest]; a ← softmax(log a + s / μ),
 * then a ← (1 − c) a + c / D; the model's step uses Σ a_d G_d. S. Fan et al., "DoGE: Domain Reweighting with Generalization
 * Estimation", ICML 2024, algorithm 1.
 *
 * <p>The official code means to leave out a domain's own gradient where training and target sets coincide, but its test is
 * never true, so the own term always counts; {@code excludeSelf} false is that behaviour.
 *
 * @param rate η, the model's learning rate
 * @param mu μ, above 0: the larger, the slower the weights move
 * @param smoothing c in [0, 1]
 */
public record Doge(double rate, double mu, double lowest, double highest, double smoothing, boolean excludeSelf) {
    public Doge {
        if (!(mu > 0)) {
            throw new ConfigException("doge.mu", mu, "a number above 0 (0.01 to 0.05 is usual)");
        }
        if (!(lowest <= highest)) {
            throw new ConfigException("doge.score_min", lowest, "a number of at most score_max, " + highest);
        }
        if (!(smoothing >= 0 && smoothing <= 1)) {
            throw new ConfigException("doge.smoothing", smoothing, "a number in [0, 1]");
        }
    }

    /**
     * The clipped score of each domain.
     *
     * @param gradients {@code [D, P]}: of each domain's mean loss, flattened
     * @param targets the domains to do well on
     * @return {@code [D]}
     */
    public Tensor scores(Tensor gradients, long[] targets) {
        Tensor chosen = Tensors.longs(targets);
        Tensor sums = torch.matmul(gradients, gradients.index_select(0, chosen).sum(0)); // Σ_j <G_d, G_j>, [D]
        if (excludeSelf) {
            Tensor own = gradients.square().sum(1).index_select(0, chosen);
            sums = sums.index_add(0, chosen, own.neg());
        }
        Tensor scale = plus(norm2(gradients, false, 1).mean(), 1e-6);
        return times(sums, rate)
                .div(scale)
                .clamp_(
                        new org.bytedeco.pytorch.ScalarOptional(scalar(rate * lowest)),
                        new org.bytedeco.pytorch.ScalarOptional(scalar(rate * highest)));
    }

    /** The weights after scores: {@code [D], [D] -> [D]}, sum 1. */
    public Tensor update(Tensor weights, Tensor scores) {
        Tensor a = torch.softmax(weights.log().add(scores, scalar(1 / mu)), 0);
        return plus(times(a, 1 - smoothing), smoothing / weights.numel());
    }
}
