package org.counterweight.train.event;

import java.util.Map;
import java.util.Objects;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.model.Params;
import org.counterweight.train.optimize.Optimizer;

/**
 * Where a run stands when an event comes.
 *
 * @param trainables what is trained, by name: the live tensors
 * @param step the number of steps taken before this one
 * @param steps the number of steps of the whole run
 * @param epoch counted from 0
 * @param rate the learning rate of this step; at the end of an epoch, that of the next
 * @param optimizer what moves the trainables
 */
public record Moment(
        Params params,
        Map<String, Tensor> trainables,
        long step,
        long steps,
        int epoch,
        double rate,
        Optimizer optimizer) {
    /**
     * The gradient of a trainable; undefined if it got none.
     *
     * @throws NullPointerException if there is no such trainable
     */
    public Tensor gradient(String name) {
        return Objects.requireNonNull(trainables.get(name), name).grad();
    }
}
