package org.counterweight.merge.block;

/** Sets a part of a task vector to zero. Blocks come in order, from front to back, in each pass. */
public interface Thinning {
    /** How many passes look before {@link #apply} may be called; a pass may find that another is needed. */
    default int passes() {
        return 0;
    }

    /** Of how many blocks the pass sees one. */
    default int stride(int pass) {
        return 1;
    }

    /** Sees the first {@code count} elements of {@code delta}, which begin at the flat index {@code from}. */
    default void look(int pass, double[] delta, int count, long from) {}

    /** Thins the same elements, in place. */
    void apply(double[] delta, int count, long from);
}
