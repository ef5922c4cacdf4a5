package org.counterweight.jobs.train;

import java.nio.file.Path;
import org.counterweight.train.StepReport;
import org.counterweight.train.TrainingListener;
import org.counterweight.train.measure.Evaluation;

/** Stands in for a listener that can be made only when it is known after which step the run goes on. */
final class LateListener implements TrainingListener {
    private TrainingListener listener = new TrainingListener() {};

    void to(TrainingListener other) {
        listener = other;
    }

    @Override
    public void started(long step, long steps) {
        listener.started(step, steps);
    }

    @Override
    public void stepped(StepReport report) {
        listener.stepped(report);
    }

    @Override
    public void evaluated(long step, Evaluation evaluation) {
        listener.evaluated(step, evaluation);
    }

    @Override
    public void saved(long step, Path checkpoint) {
        listener.saved(step, checkpoint);
    }
}
