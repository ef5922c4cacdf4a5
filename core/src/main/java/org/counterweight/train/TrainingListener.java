package org.counterweight.train;

import java.nio.file.Path;
import org.counterweight.train.measure.Evaluation;

/** Is told how a run goes, and changes nothing in it: progress bars, files of figures. */
public interface TrainingListener {
    /**
     * Before the first step, or the first after a resumption.
     *
     * @param step steps taken so far
     * @param steps steps of the whole run
     */
    default void started(long step, long steps) {}

    default void stepped(StepReport report) {}

    /** @param step steps taken so far */
    default void evaluated(long step, Evaluation evaluation) {}

    default void saved(long step, Path checkpoint) {}

    /** Both are told, this one first. */
    default TrainingListener and(TrainingListener other) {
        TrainingListener one = this;
        return new TrainingListener() {
            @Override
            public void started(long step, long steps) {
                one.started(step, steps);
                other.started(step, steps);
            }

            @Override
            public void stepped(StepReport report) {
                one.stepped(report);
                other.stepped(report);
            }

            @Override
            public void evaluated(long step, Evaluation evaluation) {
                one.evaluated(step, evaluation);
                other.evaluated(step, evaluation);
            }

            @Override
            public void saved(long step, Path checkpoint) {
                one.saved(step, checkpoint);
                other.saved(step, checkpoint);
            }
        };
    }
}
