package org.counterweight.fewgen;

import org.counterweight.config.ConfigException;

/**
 * How prefixes are tuned.
 *
 * @param discSpace what tells labels apart
 * @param referenceQuirks whether the inner step is that of the official code: the output's rows of beginning and end stay as
 *     before it, and their bias moves
 * @param metaWeight whether the weights are learnt; if not, all tokens count the same
 * @param metaRate α, of the inner step; 0.02 in the official runs
 * @param netRate of the weight network; 0.01
 * @param netDecay its L2 decay, added to the gradient; 1e-4. With small models 0: their gradients are smaller than the decay's
 * @param rate of prefixes and vectors; 0.005
 * @param clip the most that the norm of all their gradients may be; 1
 * @param eps of their Adam; 1e-8
 * @param steps after which both rates have come down to 0 along a straight line
 * @param discWeight μ: what the mean of d counts beside the weighted likelihood; 0 in the paper's method, above it in a baseline
 */
public record MetaSettings(
        DiscSpace discSpace,
        boolean referenceQuirks,
        boolean metaWeight,
        double metaRate,
        double netRate,
        double netDecay,
        double rate,
        double clip,
        double eps,
        long steps,
        double discWeight) {
    public MetaSettings {
        notNegative("meta_lr", metaRate);
        notNegative("weight_net_lr", netRate);
        notNegative("weight_net_decay", netDecay);
        notNegative("lr", rate);
        notNegative("disc_weight", discWeight);
        if (!(clip > 0)) {
            throw new ConfigException("max_grad_norm", clip, "a number above 0");
        }
        if (!(eps > 0)) {
            throw new ConfigException("adam_eps", eps, "a number above 0");
        }
        if (steps < 1) {
            throw new ConfigException("steps", steps, "an integer of at least 1");
        }
    }

    private static void notNegative(String field, double value) {
        if (!(value >= 0 && Double.isFinite(value))) {
            throw new ConfigException(field, value, "a number of at least 0");
        }
    }

    /** The factor on both rates at a step, counted from 0. */
    public double factor(long step) {
        return Math.max(0, 1 - (double) step / steps);
    }
}
