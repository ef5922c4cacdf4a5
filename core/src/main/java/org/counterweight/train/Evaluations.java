package org.counterweight.train;

import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.engine.Scope;
import org.counterweight.train.average.Swapped;
import org.counterweight.train.event.TrainingEvents;
import org.counterweight.train.measure.Evaluation;
import org.counterweight.train.measure.Evaluator;

/**
 * What is judged as a run goes on, and handed over at its end.
 *
 * @param moved what training moves, by name: the live tensors
 * @param best the best weights so far
 */
record Evaluations(Task task, Map<String, Tensor> moved, Best best, TrainingListener listener) {
    /** After how many steps an evaluation can be the best: when no event will change the form of what is trained any more. */
    static long settledAfter(Task task) {
        return task.events().stream()
                .mapToLong(TrainingEvents::settledAfter)
                .max()
                .orElse(0);
    }

    /** Judges the weights after that many steps, if there is something to judge by. */
    void evaluate(long step) {
        Evaluator evaluator = task.evaluator();
        if (evaluator != null) {
            Map<String, Tensor> judged = forEvaluation();
            Evaluation evaluation = Swapped.in(moved, judged, () -> {
                task.events().forEach(event -> event.atEvaluation(step));
                return evaluated(evaluator);
            });
            if (step >= settledAfter(task)) {
                best.take(evaluation, step, judged);
            }
            listener.evaluated(step, evaluation);
        }
    }

    private Evaluation evaluated(Evaluator evaluator) {
        return evaluator.evaluate(task.model(), task.params());
    }

    /** What is judged and handed over: {@link #moved} itself, unless an event says otherwise. */
    private Map<String, Tensor> forEvaluation() {
        Map<String, Tensor> judged = moved;
        for (TrainingEvents event : task.events()) {
            judged = event.forEvaluation(judged);
        }
        return judged;
    }

    /** Puts the weights in place that the run ends with, and judges them. */
    TrainingResult finish(long step, long steps) {
        long chosen = step;
        if (best.isKept()) {
            best.putBack(moved);
            chosen = best.step();
        } else {
            Swapped.copy(forEvaluation(), moved);
        }
        try (var scope = Scope.open()) {
            task.events().forEach(TrainingEvents::atEnd);
        }
        Evaluator evaluator = task.evaluator();
        return evaluator == null
                ? new TrainingResult(step, steps, false, null, step)
                : new TrainingResult(step, steps, false, evaluated(evaluator), chosen);
    }
}
