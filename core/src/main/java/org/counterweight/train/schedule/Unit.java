package org.counterweight.train.schedule;

/** In what a place in a run is counted, from its beginning. */
public enum Unit {
    EPOCHS,
    STEPS;

    long of(Schedule.Point at) {
        return this == EPOCHS ? at.epoch() : at.step();
    }
}
