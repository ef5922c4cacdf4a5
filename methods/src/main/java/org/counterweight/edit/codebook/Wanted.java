package org.counterweight.edit.codebook;

/**
 * An edit, as the codebook sees it.
 *
 * @param query what enters the wrapped layer at the key token, {@code [p]}
 * @param label what is wanted, as token ids
 * @param start the value of a fresh entry, {@code [v]}
 * @param source the input, for people
 * @param time now, in milliseconds since 1970
 */
public record Wanted(double[] query, long[] label, double[] start, String source, long time) {}
