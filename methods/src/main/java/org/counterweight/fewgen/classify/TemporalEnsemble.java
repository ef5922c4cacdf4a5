package org.counterweight.fewgen.classify;

import static org.counterweight.engine.Tensors.add;
import static org.counterweight.engine.Tensors.scalar;
import static org.counterweight.engine.Tensors.times;

import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.counterweight.config.ConfigException;

/**
 * What a classifier said of every text, averaged over its training: z ← m z + (1 − m) p from z = 0. S. Laine and T. Aila,
 * "Temporal Ensembling for Semi-Supervised Learning", ICLR 2017, algorithm 2. Immutable.
 *
 * @param momentum m in [0, 1)
 * @param sum z {@code [texts, classes]}
 * @param rounds t, how often the classifier was asked
 */
public record TemporalEnsemble(double momentum, Tensor sum, long rounds) {
    public TemporalEnsemble {
        if (!(momentum >= 0 && momentum < 1)) {
            throw new ConfigException("momentum", momentum, "a number in [0, 1); with 1 nothing would ever be learnt");
        }
    }

    /**
     * Before the classifier was asked.
     *
     * @param like {@code [texts, classes]}; of its type and on its device
     */
    public static TemporalEnsemble start(double momentum, Tensor like) {
        return new TemporalEnsemble(momentum, torch.zeros_like(like.detach()), 0);
    }

    /**
     * With what it says now.
     *
     * @param probabilities p {@code [texts, classes]}
     */
    public TemporalEnsemble with(Tensor probabilities) {
        Tensor moved = add(times(sum, momentum), probabilities.detach(), 1 - momentum);
        return new TemporalEnsemble(momentum, moved, rounds + 1);
    }

    /**
     * z̄ = z / (1 − mᵗ) {@code [texts, classes]}: rows of probabilities.
     *
     * @throws IllegalStateException before the first round
     */
    public Tensor average() {
        if (rounds == 0) {
            throw new IllegalStateException("the classifier was not asked yet: there is nothing to average");
        }
        return sum.div(scalar(1 - Math.pow(momentum, rounds)));
    }
}
