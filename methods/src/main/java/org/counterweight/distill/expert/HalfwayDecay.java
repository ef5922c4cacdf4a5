package org.counterweight.distill.expert;

import org.counterweight.config.ConfigException;

/**
 * A rate that falls once, after epoch ⌊E/2⌋ + 1: of experts, and of the networks that a distilled set is evaluated with. There the
 * optimizer is made anew, and so forgets its momentum.
 *
 * @param epochs E
 * @param rate before
 * @param factor of the rate from then on; 0.6 of experts, 0.1 (MTT) or 0.5 (AST) in evaluation
 */
public record HalfwayDecay(int epochs, double rate, double factor) {
    public HalfwayDecay {
        if (epochs < 1) {
            throw new ConfigException("epochs", epochs, "an integer of at least 1");
        }
    }

    /** The first epoch with the lower rate, which may lie beyond the last; epochs count from 0. */
    public int falls() {
        return epochs / 2 + 2;
    }

    /** The rate in that epoch. */
    public double at(int epoch) {
        return epoch < falls() ? rate : rate * factor;
    }
}
