package org.counterweight.edit.codebook;

/**
 * An edit that an entry serves.
 *
 * @param key its query, {@code [p]}
 * @param label what it wanted, as token ids
 */
public record Member(double[] key, long[] label) {}
