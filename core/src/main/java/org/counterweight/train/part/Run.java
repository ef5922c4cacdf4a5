package org.counterweight.train.part;

import java.util.List;
import java.util.function.IntFunction;
import org.counterweight.data.BatchSource;
import org.counterweight.data.graph.Domains;
import org.counterweight.train.Task;
import org.counterweight.train.TrainConfig;
import org.counterweight.train.TrainingListener;
import org.jspecify.annotations.Nullable;

/**
 * A training run as its parts see it, before it begins.
 *
 * @param orders the batches of the same rows in other orders, by a number from 1: for models that are trained beside
 * @param beside is told of the steps of such models
 * @param classes the rows of a classifier; null where rows have no classes, or nobody knows them
 * @param domains of nodes, where labels are learnt in one and the model is to be used in the other; null elsewhere
 */
public record Run(
        Task task,
        TrainConfig config,
        IntFunction<BatchSource> orders,
        TrainingListener beside,
        @Nullable ClassRows classes,
        @Nullable Domains domains) {
    /** A run of rows without classes. */
    public Run(Task task, TrainConfig config, IntFunction<BatchSource> orders, TrainingListener beside) {
        this(task, config, orders, beside, null, null);
    }

    /** The same with another task. */
    public Run with(Task other) {
        return new Run(other, config, orders, beside, classes, domains);
    }

    /** The same with the rows of its classes. */
    public Run with(ClassRows rows) {
        return new Run(task, config, orders, beside, rows, domains);
    }

    /** The same with its two domains. */
    public Run with(Domains both) {
        return new Run(task, config, orders, beside, classes, both);
    }

    /** The same with other settings: rates, groups. */
    public Run with(TrainConfig other) {
        return new Run(task, other, orders, beside, classes, domains);
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
