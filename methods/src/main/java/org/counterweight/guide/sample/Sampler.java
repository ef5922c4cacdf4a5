package org.counterweight.guide.sample;

import java.util.ArrayList;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.config.ConfigException;

/** From noise to samples, a step at a time. */
public interface Sampler {
    int steps();

    /**
     * One step.
     *
     * @param x the rows before it, {@code [rows, ...]}
     * @param weights of guidance, one a step
     * @param step from 0
     */
    Tensor step(Guided model, Tensor x, double[] weights, int step);

    /** Before the first step: a sampler that remembers begins anew. */
    default void begin() {}

    /**
     * All steps.
     *
     * @param noise what it begins from, as the sampler's first level has it
     * @param weights one a step
     * @throws ConfigException if their number is not that of the steps
     */
    default Trajectory sample(Guided model, Tensor noise, double... weights) {
        if (weights.length != steps()) {
            throw new ConfigException(
                    "there are " + weights.length + " guidance weights for " + steps() + " steps; give one a step");
        }
        for (int i = 0; i < weights.length; i++) {
            if (!Double.isFinite(weights[i])) {
                throw new ConfigException("the guidance weight of step " + i, weights[i], "a finite number");
            }
        }
        begin();
        model.begin();
        var states = new ArrayList<Tensor>();
        var evaluations = new ArrayList<Long>();
        Tensor x = noise;
        for (int i = 0; i < weights.length; i++) {
            long before = model.evaluations();
            x = step(model, x, weights, i);
            states.add(x);
            evaluations.add(model.evaluations() - before);
        }
        return new Trajectory(states, evaluations);
    }
}
