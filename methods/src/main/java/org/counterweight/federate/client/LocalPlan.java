package org.counterweight.federate.client;

/**
 * How much a client trains in a round.
 *
 * @param rate of its optimizer
 * @param epochs over its rows
 * @param batchSize rows of a step
 */
public record LocalPlan(double rate, int epochs, int batchSize) {
    /** The same at another rate. */
    public LocalPlan at(double other) {
        return new LocalPlan(other, epochs, batchSize);
    }
}
