package org.counterweight.train.part;

import java.util.List;
import java.util.function.IntFunction;
import org.counterweight.data.BatchSource;
import org.counterweight.train.Task;
import org.counterweight.train.TrainConfig;
import org.counterweight.train.TrainingListener;

/**
 * A training run as its parts see it, before it begins.
 *
 * @param orders the batches of the same rows in other orders, by a number from 1: for models that are trained beside
 * @param beside is told of the steps of such models
 */
public record Run(Task task, TrainConfig config, IntFunction<BatchSource> orders, TrainingListener beside) {
    /** The same with another task. */
    public Run with(Task other) {
        return new Run(other, config, orders, beside);
    }

    /** The run after all of these have joined it, in that order. */
    public Run joinedBy(List<? extends RunPart> parts) {
        Run run = this;
        for (RunPart part : parts) {
            run = part.join(run);
        }
        return run;
    }

    /** How many steps it takes. */
    public long steps() {
        return config.steps(task.data().batches());
    }

    /** The parts that have something to tell, in the order in which they joined. */
    public List<PartReport> reports() {
        return task.events().stream()
                .filter(PartReport.class::isInstance)
                .map(PartReport.class::cast)
                .toList();
    }
}
