package org.counterweight.guide.sample;

import java.util.List;
import org.bytedeco.pytorch.Tensor;

/**
 * What a sampler made.
 *
 * @param states the rows after each step; the last are the samples
 * @param evaluations how often a model was asked at each step
 */
public record Trajectory(List<Tensor> states, List<Long> evaluations) {
    public Trajectory {
        states = List.copyOf(states);
        evaluations = List.copyOf(evaluations);
    }

    /** The rows after the last step. */
    public Tensor samples() {
        return states.get(states.size() - 1);
    }
}
