package org.counterweight.train.measure.uncertainty;

/**
 * Where a figure lies, with some confidence.
 *
 * @param high at least {@code low}
 */
public record Interval(double low, double high) {}
