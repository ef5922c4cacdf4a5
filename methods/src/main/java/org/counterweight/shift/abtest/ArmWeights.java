package org.counterweight.shift.abtest;

import static org.counterweight.engine.Tensors.plus;
import static org.counterweight.engine.Tensors.scalar;
import static org.counterweight.engine.Tensors.times;

import java.io.Serializable;
import java.util.Arrays;
import org.bytedeco.pytorch.ScalarOptional;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.config.ConfigException;
import org.jspecify.annotations.Nullable;

/**
 * The weights of records for the model of each arm: W_T = E[Z | X] / p, W_C = (1 − E[Z | X]) / (1 − p). Weighted by W_T, the
 * records of both arms are distributed as those of a world that has the treatment only, and of all weights that do this, these
 * have the least second moment.
 *
 * <p>N. Si, 2023, lemma 1 and theorem 1.
 *
 * @param treatment {@code [n]}
 * @param control {@code [n]}
 */
public record ArmWeights(Tensor treatment, Tensor control) {
    /**
     * How probabilities become weights.
     *
     * @param normalized whether weights are divided by their mean over the batch
     * @param clip lowest and highest of the probabilities, before they are divided; null for none
     */
    public record Rule(boolean normalized, double @Nullable [] clip) implements Serializable {
        /** Probabilities over the planned share, and nothing else. */
        public static final Rule PLAIN = new Rule(false, null);

        /** The same divided by their mean. */
        public static final Rule NORMALIZED = new Rule(true, null);

        public Rule {
            if (clip != null) {
                clip = clip.clone();
                if (clip.length != 2 || !(0 <= clip[0] && clip[0] < clip[1] && clip[1] <= 1)) {
                    throw new ConfigException("weight_clip", Arrays.toString(clip), "[lo, hi] with 0 <= lo < hi <= 1");
                }
            }
        }

        @Override
        public double @Nullable [] clip() {
            return clip == null ? null : clip.clone();
        }
    }

    /**
     * Weights of probabilities.
     *
     * @param g E[Z | X] of each record, in [0, 1], {@code [n]}
     * @param p how likely a user is in the treatment, in (0, 1)
     */
    public static ArmWeights of(Tensor g, double p, Rule rule) {
        if (!(p > 0 && p < 1)) {
            throw new ConfigException("p", p, "the probability of the treatment, in (0, 1)");
        }
        double[] clip = rule.clip();
        Tensor inside =
                clip == null ? g : g.clamp(new ScalarOptional(scalar(clip[0])), new ScalarOptional(scalar(clip[1])));
        Tensor treatment = times(inside, 1 / p);
        Tensor control = times(plus(inside.neg(), 1), 1 / (1 - p));
        return rule.normalized
                ? new ArmWeights(treatment.div(treatment.mean()), control.div(control.mean()))
                : new ArmWeights(treatment, control);
    }
}
