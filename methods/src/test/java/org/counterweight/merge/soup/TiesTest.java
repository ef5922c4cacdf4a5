package org.counterweight.merge.soup;

import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.counterweight.engine.Tensors.floats;
import static org.counterweight.testing.TensorAssert.assertTensor;

import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.config.ConfigException;
import org.counterweight.engine.Scope;
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
            assertTensor(new Ties(1, 0.5).combine("w", List.of(base, a, b, c)))
                    .isCloseTo(floats(new float[] {5, 4, 1, 4}), 1e-6, 0);
            assertTensor(new Ties(0, 0.5).combine("w", List.of(base, a, b, c))).isEqualTo(base);
            assertTensor(new Ties(1, 1).combine("w", List.of(base, a))).isEqualTo(a);
        }
    }

    @Test
    void refusesADensityOfNothing() {
        assertThatThrownBy(() -> new Ties(1, 0))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("ties.density: 0.0");
    }
}
