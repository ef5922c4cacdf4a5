package org.counterweight.graph;

/**
 * How strongly the gradient of a domain discriminator is reversed as a run goes on: α = min(times · (epoch + 1) / epochs, most).
 *
 * @param times how steeply it rises; 0 or more
 * @param most the greatest α, which the authors' code calls {@code alphamin}; 0 or more
 */
public record Reversal(double times, double most) {
    /** @throws IllegalArgumentException if a number is negative or none */
    public Reversal {
        if (!(times >= 0) || !(most >= 0)) {
            throw new IllegalArgumentException("alphatimes: " + times + ", alpha_max: " + most + "; give 0 or more");
        }
    }

    /** α of an epoch, counted from 0. */
    public double at(int epoch, int epochs) {
        return Math.min(times * (epoch + 1) / epochs, most);
    }
}
