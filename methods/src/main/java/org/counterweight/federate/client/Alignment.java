package org.counterweight.federate.client;

/**
 * Clients of other learning rates and numbers of steps make updates of other lengths, whatever their data say. This
 * brings a source's to the scale of the target's. Paper, section 4 and appendix C.
 */
public final class Alignment {
    private Alignment() {}

    /** lr_T / lr_S, of an update a step. */
    public static double ofSteps(double targetRate, double sourceRate) {
        rate("target", targetRate);
        rate("source", sourceRate);
        return targetRate / sourceRate;
    }

    /**
     * s_i = (lr_T / lr_S) (steps_T / steps_i), of a whole round's update.
     *
     * @param targetSteps of the target's optimizer in the round, over all its epochs; a whole number as counted, or n /
     *     batch size as the official code has it
     * @throws FederationException if a rate or a number of steps is not above 0
     */
    public static double ofRound(double targetRate, double sourceRate, double targetSteps, double sourceSteps) {
        steps("target", targetSteps);
        steps("source", sourceSteps);
        return ofSteps(targetRate, sourceRate) * (targetSteps / sourceSteps);
    }

    private static void rate(String whose, double value) {
        if (!(value > 0) || Double.isInfinite(value)) {
            throw new FederationException(
                    "the " + whose + "'s learning rate is " + value + ", but must be a number above 0");
        }
    }

    private static void steps(String whose, double value) {
        if (!(value > 0) || Double.isInfinite(value)) {
            throw new FederationException(
                    "the " + whose + " took " + value + " steps in the round; a client without a step has no update");
        }
    }
}
