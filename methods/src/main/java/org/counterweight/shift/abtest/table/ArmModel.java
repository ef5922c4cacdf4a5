package org.counterweight.shift.abtest.table;

import java.io.Serializable;
import java.util.LinkedHashMap;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.engine.Tensors;
import org.counterweight.shift.abtest.WeightModel;
import org.counterweight.shift.solve.LogisticLoss;

/** What tells how likely a record is of the treatment; plain numbers, so that it goes to where the records are. */
sealed interface ArmModel extends Serializable {
    /** Of inputs {@code [n, d]}: probabilities, float64 {@code [n]}. */
    Tensor probabilities(Tensor inputs);

    /** Its parameters, by name; they belong to the open scope. */
    Map<String, Tensor> tensors();

    /** A network in float32, its parameters by their names in {@link WeightModel}. */
    record Network(Map<String, Parameter> parameters) implements ArmModel {
        /** The numbers of a parameter. */
        record Parameter(float[] values, long[] shape) implements Serializable {}

        static Network of(WeightModel model) {
            var parameters = new LinkedHashMap<String, Parameter>();
            model.parameters()
                    .forEach((name, tensor) -> parameters.put(
                            name, new Parameter(Tensors.toFloats(tensor.detach()), Tensors.shape(tensor))));
            return new Network(parameters);
        }

        @Override
        public Tensor probabilities(Tensor inputs) {
            return WeightModel.probabilities(tensors(), inputs.to(ScalarType.Float))
                    .to(ScalarType.Double);
        }

        @Override
        public Map<String, Tensor> tensors() {
            var tensors = new LinkedHashMap<String, Tensor>();
            parameters.forEach((name, of) -> tensors.put(name, Tensors.floats(of.values, of.shape)));
            return tensors;
        }
    }

    /** A logistic regression, the intercept last. */
    record Logistic(double[] theta) implements ArmModel {
        @Override
        public Tensor probabilities(Tensor inputs) {
            return LogisticLoss.withOne(inputs.to(ScalarType.Double))
                    .mv(Tensors.doubles(theta))
                    .sigmoid();
        }

        @Override
        public Map<String, Tensor> tensors() {
            return Map.of("theta", Tensors.doubles(theta));
        }
    }
}
