package org.counterweight.shift.abtest;

import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.shift.solve.LogisticLoss;

/** What tells how likely a record is of the treatment. */
sealed interface ArmModel extends AutoCloseable {
    /** Of inputs {@code [n, d]}: probabilities, float64 {@code [n]}. */
    Tensor probabilities(Tensor inputs);

    @Override
    void close();

    /** A network in float32. */
    record Network(WeightModel model) implements ArmModel {
        @Override
        public Tensor probabilities(Tensor inputs) {
            return model.probabilities(inputs.to(ScalarType.Float)).to(ScalarType.Double);
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
        public void close() {
            theta.close();
        }
    }
}
