package org.counterweight.distill.expert;

import org.counterweight.config.ConfigException;

/**
 * AST's clipping loss: a factor of an expert's cross-entropy that is below 1 in the first epochs, where weights would change too
 * fast to be followed.
 *
 * @param start the factor in epoch 0; 0.5 in AST
 * @param step how much it grows by the epoch; 0.05 in AST
 * @param epochs how many epochs until it is 1; 10 in AST, 0 for none
 */
public record LossRamp(double start, double step, int epochs) {
    /** As in AST: 0.50, 0.55, … 0.95, 1, 1, … */
    public static final LossRamp AST = new LossRamp(0.5, 0.05, 10);

    public LossRamp {
        if (!(start >= 0 && start <= 1)) {
            throw new ConfigException("clip_start", start, "a number in [0, 1] (0.5 is usual)");
        }
        if (epochs < 0) {
            throw new ConfigException("clip_epochs", epochs, "an integer of at least 0 (10 is usual)");
        }
    }

    /** The factor in that epoch; epochs count from 0. */
    public double at(int epoch) {
        return epoch < epochs ? start + step * epoch : 1;
    }
}
