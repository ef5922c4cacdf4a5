package org.counterweight.adapt.sorsa;

import static org.counterweight.engine.Tensors.scalar;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.config.ConfigException;
import org.counterweight.engine.Scope;
import org.counterweight.train.event.Moment;
import org.counterweight.train.event.TrainingEvents;

/**
 * SORSA's pull towards orthonormal vectors: (gamma / eta) R is added to the loss, with eta the peak learning rate, so that
 * gamma is a learning rate that follows the same schedule. As in the official trainer its gradient joins the task's once a
 * step, after clipping.
 *
 * @param weight gamma / eta
 */
public record SorsaRegularizer(Orthonormality of, double weight) implements TrainingEvents {
    /**
     * @param peakRate eta
     * @throws ConfigException if there is a pull but no learning rate
     */
    public static SorsaRegularizer of(SorsaConfig config, double peakRate) {
        if (config.gamma() > 0 && !(peakRate > 0)) {
            throw new ConfigException("sorsa.gamma", config.gamma(), "0 where the learning rate is " + peakRate);
        }
        return new SorsaRegularizer(config.regularizer(), config.gamma() == 0 ? 0 : config.gamma() / peakRate);
    }

    /**
     * R over all factors of a model: one number, without dimensions.
     *
     * @param trainables by the names under which they are trained; those of other names do not count
     */
    public Tensor value(Map<String, Tensor> trainables) {
        return of.of(factors(trainables, "." + Sorsa.A, "." + Sorsa.B));
    }

    /** Those ending in {@code a}, {@code [r, in]}, and transposed those ending in {@code b}, {@code [out, r]}. */
    public static List<Tensor> factors(Map<String, Tensor> trainables, String a, String b) {
        var matrices = new ArrayList<Tensor>();
        trainables.forEach((name, tensor) -> {
            if (name.endsWith(a)) {
                matrices.add(tensor);
            } else if (name.endsWith(b)) {
                matrices.add(tensor.t());
            }
        });
        return matrices;
    }

    @Override
    public void afterBackward(Moment moment) {
        if (weight == 0) {
            return;
        }
        try (var scope = Scope.open()) {
            value(moment.trainables()).mul(scalar(weight)).backward();
        }
    }
}
