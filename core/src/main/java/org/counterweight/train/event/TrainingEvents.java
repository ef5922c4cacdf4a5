package org.counterweight.train.event;

import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.model.Batch;
import org.counterweight.train.state.Remembering;

/**
 * For methods that act inside the loop: before an epoch (sampling by what the model does), before a step (projection, weights
 * of rows), between backward and step (rank allocation looks at gradients), after a step, after an epoch (periodic merging).
 * What they change, they change in place, in the trainables; one that remembers something implements {@link Remembering}
 * too, and its memory is part of every checkpoint.
 */
public interface TrainingEvents extends AutoCloseable {
    /**
     * No batch of the epoch has been asked for. Comes once an epoch: a run that is resumed in the middle of one goes on
     * without it.
     */
    default void beforeEpoch(Moment moment) {}

    /**
     * The step's batches are there; nothing has been computed.
     *
     * @param batches on the run's device; more than one if gradients are accumulated
     */
    default void beforeStep(Moment moment, List<Batch> batches) {}

    /** Gradients are there, clipped; the step has not been taken. */
    default void afterBackward(Moment moment) {}

    /** The step has been taken; the gradients are still there. */
    default void afterStep(Moment moment) {}

    /** Every batch of the epoch has been seen once; comes before the epoch's evaluation. */
    default void afterEpoch(Moment moment) {}

    /**
     * The values that stand in place of what was trained when it is evaluated, kept as best, and handed over at the end:
     * averages over steps, say. Training goes on from the present ones.
     *
     * @param present what training moves, by name; not to be changed
     * @return the same map where nothing is to be replaced, else one with the same names and shapes, of tensors that stay as
     *     they are until the next step
     */
    default Map<String, Tensor> forEvaluation(Map<String, Tensor> present) {
        return present;
    }

    /** What is trained has the values that are judged after that many steps; it has its own again afterwards. */
    default void atEvaluation(long step) {}

    /**
     * How many steps must have been taken before what is trained has its final form. Evaluations before that are told, but
     * none is the best, nor a reason to stop: a model that may still be cut down looks better than any that has been.
     */
    default long settledAfter() {
        return 0;
    }

    /** What is not yet as it will be until {@link #settledAfter}, told to people behind "until then". */
    default String unsettled() {
        return "what is trained changes its form";
    }

    /**
     * Training is over, and what it moved has the values that the run hands over. What is changed here is what is judged at
     * last and written. Comes once, and not where the run was broken off.
     */
    default void atEnd() {}

    /** Frees what is remembered, when the run is over. */
    @Override
    default void close() {}
}
