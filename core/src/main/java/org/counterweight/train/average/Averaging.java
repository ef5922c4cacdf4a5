package org.counterweight.train.average;

import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.train.event.Moment;
import org.counterweight.train.event.TrainingEvents;
import org.counterweight.train.state.Remembering;

/**
 * A running average inside a run: what evaluations see, and what is left at the end.
 *
 * @param moved what training moves, by name: the live tensors
 * @param from how many steps are taken before the average begins: weights whose form still changes have no mean
 */
public record Averaging(RunningAverage average, Map<String, Tensor> moved, long from)
        implements TrainingEvents, Remembering {
    @Override
    public void afterStep(Moment moment) {
        if (moment.step() >= from) {
            average.add(moved);
        }
    }

    @Override
    public Map<String, Tensor> forEvaluation(Map<String, Tensor> present) {
        return average.weights(present);
    }

    @Override
    public Map<String, Tensor> state() {
        return average.state();
    }

    @Override
    public void restore(Map<String, Tensor> state) {
        average.restore(state);
    }

    @Override
    public void close() {
        average.close();
    }
}
