package org.counterweight.shift.abtest.table;

import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.shift.abtest.WeightModel;
import org.counterweight.shift.solve.LogisticLoss;

/** What tells how likely a record is of the treatment. */
sealed interface ArmModel extends AutoCloseable {
    /** Of inputs {@code [n, d]}: probabilities, float64 {@code [n]}. */
    Tensor probabilities(Tensor inputs);

    /** Its parameters, by name: the live tensors. */
    Map<String, Tensor> tensors();

    @Override
    void close();

    /** A network in float32. */
    record Network(WeightModel model) implements ArmModel {
        @Override
        public Tensor probabilities(Tensor inputs) {
            return model.probabilities(inputs.to(ScalarType.Float)).to(ScalarType.Double);
        }

        @Override
        public Map<String, Tensor> tensors() {
            return model.parameters();
        }

        @Override
        public void close() {
            model.close();
        }
    }

    /** A logistic regression, the intercept last. */
    record Logistic(Tensor theta) implements ArmModel {
        @Override
        public Tensor probabilities(Tensor inputs) {
            return LogisticLoss.withOne(inputs.to(ScalarType.Double)).mv(theta).sigmoid();
        }

        @Override
        public Map<String, Tensor> tensors() {
            return Map.of("theta", theta);
        }

        @Override
        public void close() {
            theta.close();
        }
    }
}
