package org.counterweight.edit.codebook;

/**
 * The nearest entry, which alone decides.
 *
 * @param place its place in the codebook; −1 in an empty one
 * @param distance to its key; infinite in an empty codebook
 * @param hit whether it serves the query: the distance is at most its radius
 */
public record Found(int place, double distance, boolean hit) {
    /** No entry. */
    public static final Found NOTHING = new Found(-1, Double.POSITIVE_INFINITY, false);
}
