package org.counterweight.engine;

import static org.counterweight.engine.Tensors.doubles;
import static org.counterweight.engine.Tensors.gradients;
import static org.counterweight.testing.TensorAssert.assertTensor;

import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;

class OperatorsTest {
    @Test
    void weightNormIsTheFormulaAndHasItsGradients() {
        try (var scope = Scope.open()) {
            Tensor v = doubles(new double[] {3, 4, 0, 2}, 2, 2).requires_grad_(true);
            Tensor g = doubles(new double[] {10, -1}, 2, 1).requires_grad_(true);
            Operators.Normalized normalized = Operators.weightNorm(v, g, 0);
            assertTensor(normalized.weight()).isCloseTo(doubles(new double[] {6, 8, 0, -1}, 2, 2), 1e-12, 0);
            assertTensor(normalized.norms()).isCloseTo(doubles(new double[] {5, 2}, 2, 1), 1e-12, 0);
            Tensor first = doubles(new double[] {1, 0, 0, 0}, 2, 2);
            Tensor[] found = gradients(normalized.weight().mul(first).sum(), false, v, g);
            assertTensor(found[0]).isCloseTo(doubles(new double[] {1.28, -0.96, 0, 0}, 2, 2), 1e-12, 1e-12);
            assertTensor(found[1]).isCloseTo(doubles(new double[] {0.6, 0}, 2, 1), 1e-12, 1e-12);
        }
    }
}
