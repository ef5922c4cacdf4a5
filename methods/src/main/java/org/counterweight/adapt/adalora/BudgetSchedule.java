package org.counterweight.adapt.adalora;

import org.counterweight.config.ConfigException;

/**
 * How many triplets may live at a step: all for a while, then fewer along a cubic curve, then the target. AdaLoRA, section
 * 3.3; the curve starts at tinit (as printed, equation 14 would begin above the initial budget).
 *
 * @param initial b0, the number of triplets of all modules
 * @param target bT
 * @param deltaT steps from one allocation to the next
 * @param totalStep T
 */
public record BudgetSchedule(long initial, long target, long tinit, long tfinal, long deltaT, long totalStep) {
    public BudgetSchedule {
        if (tinit >= totalStep - tfinal) {
            throw new ConfigException(
                    "adalora.total_step",
                    totalStep,
                    "more than tinit + tfinal, which is " + (tinit + tfinal)
                            + ": no step is left in which ranks could fall");
        }
    }

    /** b(t). */
    public long budget(long step) {
        if (step <= tinit) {
            return initial;
        }
        if (step > last()) {
            return target;
        }
        double left = 1 - (double) (step - tinit) / (last() - tinit);
        return (long) ((initial - target) * Math.pow(left, 3)
                + target); // as the official code, to the last bit: it is cut off
    }

    /** Whether triplets are chosen anew at a step. */
    public boolean allocates(long step) {
        return step > tinit && (step > last() || step % deltaT == 0);
    }

    /** T − tfinal: the step at which the ranks become final. */
    public long last() {
        return totalStep - tfinal;
    }
}
