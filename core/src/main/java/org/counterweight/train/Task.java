package org.counterweight.train;

import java.util.ArrayList;
import java.util.List;
import org.counterweight.data.BatchSource;
import org.counterweight.model.Model;
import org.counterweight.model.Params;
import org.counterweight.train.event.TrainingEvents;
import org.counterweight.train.measure.Evaluator;
import org.counterweight.train.objective.Objective;
import org.counterweight.train.objective.Regularizer;
import org.counterweight.train.weigh.Uniform;
import org.counterweight.train.weigh.Weigher;
import org.jspecify.annotations.Nullable;

/**
 * What is trained, on what, towards what; the settings of the run are {@link TrainConfig}'s.
 *
 * @param params its {@link Params#trainables trainables} are changed in place
 * @param evaluator null to train without looking
 */
public record Task(
        Model model,
        Params params,
        BatchSource data,
        Objective objective,
        Weigher weigher,
        List<Regularizer> regularizers,
        List<TrainingEvents> events,
        @Nullable Evaluator evaluator) {
    public Task {
        regularizers = List.copyOf(regularizers);
        events = List.copyOf(events);
    }

    /** With uniform weights, and nothing else. */
    public static Task of(Model model, Params params, BatchSource data, Objective objective) {
        return new Task(model, params, data, objective, new Uniform(), List.of(), List.of(), null);
    }

    /** On other batches. */
    public Task over(BatchSource other) {
        return new Task(model, params, other, objective, weigher, regularizers, events, evaluator);
    }

    /** With other parameters. */
    public Task of(Params other) {
        return new Task(model, other, data, objective, weigher, regularizers, events, evaluator);
    }

    /** With another objective. */
    public Task towards(Objective other) {
        return new Task(model, params, data, other, weigher, regularizers, events, evaluator);
    }

    public Task weighedBy(Weigher other) {
        return new Task(model, params, data, objective, other, regularizers, events, evaluator);
    }

    public Task with(Regularizer more) {
        return new Task(model, params, data, objective, weigher, joined(regularizers, more), events, evaluator);
    }

    public Task with(TrainingEvents more) {
        return new Task(model, params, data, objective, weigher, regularizers, joined(events, more), evaluator);
    }

    public Task evaluatedBy(Evaluator other) {
        return new Task(model, params, data, objective, weigher, regularizers, events, other);
    }

    private static <T> List<T> joined(List<T> some, T more) {
        var all = new ArrayList<>(some);
        all.add(more);
        return all;
    }
}
