package org.counterweight.merge.soup;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Tensors;
import org.counterweight.merge.Accumulation;

/**
 * The average of one run's checkpoints, as they come: their mean (SWA), or one in which older ones fade (EMA). It is kept in
 * float32, float64 for weights stored so, in memory that this object owns.
 *
 * <p>P. Izmailov et al., "Averaging weights leads to wider optima and better generalization", UAI 2018.
 */
public final class CheckpointAverage implements AutoCloseable {
    private final Map<String, Tensor> average = new LinkedHashMap<>();
    private final double decay;
    private long count;

    private CheckpointAverage(double decay) {
        this.decay = decay;
    }

    /** Every checkpoint counts the same. */
    public static CheckpointAverage mean() {
        return new CheckpointAverage(Double.NaN);
    }

    /**
     * average ← decay · average + (1 − decay) · checkpoint.
     *
     * @param decay in [0, 1); 0.999 is usual
     */
    public static CheckpointAverage exponential(double decay) {
        if (!(decay >= 0 && decay < 1)) {
            throw new IllegalArgumentException("decay: " + decay + " is not allowed; expected a number in [0, 1)");
        }
        return new CheckpointAverage(decay);
    }

    /**
     * Takes a checkpoint in; integer tensors are those of the last.
     *
     * @param checkpoint by name; the names and shapes of the first are those of all
     */
    public void add(Map<String, Tensor> checkpoint) {
        count++;
        double share = Double.isNaN(decay) ? 1.0 / count : 1 - decay;
        try (var scope = Scope.open();
                var off = Tensors.noGrad()) {
            checkpoint.forEach((name, tensor) -> {
                Tensor known = average.get(name);
                if (known == null) {
                    Tensor first = tensor.is_floating_point() ? Accumulation.wide(tensor) : tensor;
                    average.put(name, Scope.own(first.detach().clone()));
                } else if (tensor.is_floating_point()) {
                    known.lerp_(Accumulation.wide(tensor), Tensors.scalar(share));
                } else {
                    known.copy_(tensor);
                }
            });
        }
    }

    /** The average so far by name, float32 or wider; valid until this object is closed, and moving with it. */
    public Map<String, Tensor> weights() {
        return Collections.unmodifiableMap(average);
    }

    @Override
    public void close() {
        average.values().forEach(Tensor::close);
        average.clear();
    }
}
