package org.counterweight.studies.plan.arm;

/** How much of a study is run. */
public enum Size {
    /** The study as its plan states it. */
    FULL,
    /** A few seconds of it, to see that everything works. It decides nothing, and every page of it says so. */
    QUICK;

    /** {@code full} or {@code quick}, by size: {@code size.of(900, 20)} steps. */
    public int of(int full, int quick) {
        return this == FULL ? full : quick;
    }
}
