package org.counterweight.train;

import org.counterweight.train.state.Remembering;

/**
 * For methods that act inside the loop: between backward and step (rank allocation looks at gradients), after a step
 * (projection), between epochs (periodic merging). What they change, they change in place, in the trainables; one that
 * remembers something implements {@link Remembering} too, and its memory is part of every checkpoint.
 */
public interface TrainingEvents extends AutoCloseable {
    /** Gradients are there, clipped; the step has not been taken. */
    default void afterBackward(Moment moment) {}

    /** The step has been taken; the gradients are still there. */
    default void afterStep(Moment moment) {}

    /** Every batch of the epoch has been seen once; comes before the epoch's evaluation. */
    default void afterEpoch(Moment moment) {}

    /**
     * How many steps must have been taken before what is trained has its final form. Evaluations before that are told, but
     * none is the best, nor a reason to stop: a model that may still be cut down looks better than any that has been.
     */
    default long settledAfter() {
        return 0;
    }

    /** Frees what is remembered, when the run is over. */
    @Override
    default void close() {}
}
