package org.counterweight.spark.train;

import java.io.Serializable;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.engine.Tensors;
import org.counterweight.train.TrainingResult;

/**
 * What a run has trained, on its way from the first process to the driver.
 *
 * @param steps taken
 * @param figures of the evaluation that the run ended with; empty where there was nothing to evaluate on
 * @param weights by name
 */
public record TrainedWeights(long steps, Map<String, Double> figures, Map<String, Values> weights)
        implements Serializable {
    private static final long serialVersionUID = 1;

    /**
     * One tensor.
     *
     * @param type LibTorch's name of it
     */
    public record Values(String type, long[] shape, byte[] bytes) implements Serializable {
        private static final long serialVersionUID = 1;

        static Values of(Tensor tensor) {
            Tensor whole = tensor.detach().contiguous();
            byte[] bytes = new byte[Math.toIntExact(whole.nbytes())];
            Tensors.bytes(whole).get(bytes);
            return new Values(whole.scalar_type().intern().name(), Tensors.shape(whole), bytes);
        }

        Tensor tensor() {
            Tensor tensor = torch.zeros(shape, Tensors.options(ScalarType.valueOf(type)));
            Tensors.bytes(tensor).put(bytes);
            return tensor;
        }
    }

    static TrainedWeights of(TrainingResult result, Map<String, Tensor> moved) {
        var weights = new LinkedHashMap<String, Values>();
        moved.forEach((name, tensor) -> weights.put(name, Values.of(tensor)));
        var evaluation = result.evaluation();
        return new TrainedWeights(
                result.steps(), evaluation == null ? Map.of() : new LinkedHashMap<>(evaluation.all()), weights);
    }

    /** The tensors, of the open scope. */
    public Map<String, Tensor> tensors() {
        var tensors = new LinkedHashMap<String, Tensor>();
        weights.forEach((name, values) ->
                tensors.put(name, Objects.requireNonNull(values).tensor()));
        return Collections.unmodifiableMap(tensors);
    }
}
