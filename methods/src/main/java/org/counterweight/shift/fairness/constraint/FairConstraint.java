package org.counterweight.shift.fairness.constraint;

/** Which rates the reductions approach makes equal: each group's positive rate and that of both, at the labels that count. */
public enum FairConstraint {
    /** Among all rows. */
    DEMOGRAPHIC_PARITY(new boolean[][] {{true, true}}),
    /** Among rows with y = 1. */
    EQUAL_OPPORTUNITY(new boolean[][] {{true, false}}),
    /** Among rows with y = 1, and among those with y = −1. */
    EQUALIZED_ODDS(new boolean[][] {{true, false}, {false, true}});

    private final boolean[][] events; // each: whether y = 1 counts, whether y = −1 does

    FairConstraint(boolean[][] events) {
        this.events = events;
    }

    /** How many sets of rows have rates of their own. */
    public int events() {
        return events.length;
    }

    /** Whether a cell's rows are in a set. */
    public boolean counts(int event, int cell) {
        return events[event][cell < 2 ? 0 : 1];
    }
}
