package org.counterweight.merge.vector;

import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.counterweight.engine.Tensors.floats;
import static org.counterweight.testing.TensorAssert.assertTensor;

import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.config.ConfigException;
import org.counterweight.engine.Scope;
import org.counterweight.weights.Combiner;
import org.junit.jupiter.api.Test;

class TiesTest {
    /** By hand: half of each vector is trimmed; the first element has 4 against −1, the second 2 and 4, the last 3 alone. */
    @Test
    void trimsElectsAndAveragesThoseThatAgree() {
        try (var scope = Scope.open()) {
            Tensor base = floats(new float[] {1, 1, 1, 1});
            Tensor a = floats(new float[] {5, 3, 1.5f, 1});
            Tensor b = floats(new float[] {0, 5, 1, 0.5f});
            Tensor c = floats(new float[] {1, 1, 1, 4});
            assertTensor(ties(1, 0.5).combine("w", List.of(base, a, b, c))).isEqualTo(floats(new float[] {5, 4, 1, 4}));
            assertTensor(ties(0, 0.5).combine("w", List.of(base, a, b, c))).isEqualTo(base);
            assertTensor(ties(1, 1).combine("w", List.of(base, a))).isEqualTo(a);
            assertTensor(ties(1, 0.01).combine("w", List.of(base, a))) // one is always kept
                    .isEqualTo(floats(new float[] {5, 1, 1, 1}));
        }
    }

    private static Combiner ties(double lambda, double density) {
        return new TiesConfig(List.of(1.0), List.of(density), true, false, lambda).combiner(List.of("w"));
    }

    @Test
    void refusesWhatIsNoShareAndNumbersThatAreNotOneAModel() {
        assertThatThrownBy(() -> ties(1, 1.5))
                .isInstanceOf(ConfigException.class)
                .hasMessage(
                        "ties.density[0]: 1.5 is not allowed; expected a number in [0, 1] (the share of elements that is kept)");
        var three = new TiesConfig(List.of(1.0, 2.0, 3.0), List.of(1.0), true, false, 1).combiner(List.of("w"));
        try (var scope = Scope.open()) {
            Tensor w = floats(new float[] {1});
            assertThatThrownBy(() -> three.combine("w", List.of(w, w, w)))
                    .hasMessage("ties.weight: [1.0, 2.0, 3.0] is not allowed; expected one number for all, or 2, one a"
                            + " model");
        }
    }
}
