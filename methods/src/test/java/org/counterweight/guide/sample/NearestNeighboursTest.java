package org.counterweight.guide.sample;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.bytedeco.pytorch.Tensor;
import org.counterweight.config.ConfigException;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Tensors;
import org.junit.jupiter.api.Test;

/** Precision and recall of samples, worked out by hand. */
class NearestNeighboursTest {
    private static Tensor points(double... values) {
        return Tensors.doubles(values, values.length, 1);
    }

    @Test
    void aRowIsNearIfItLiesInABallOfAnother() {
        try (var scope = Scope.open()) {
            Tensor real = points(0, 1, 2, 10); // radii to the first neighbour: 1, 1, 1, 8
            Tensor drawn = points(-1, -1.5, 2.5, 17.9, 18.1);
            assertThat(new NearestNeighbours(1).share(drawn, real)).isEqualTo(3 / 5.0);
            assertThat(new NearestNeighbours(3).share(real, real)).isEqualTo(1);
            // radii of the drawn: 0.5, 0.5, 3.5, 0.2, 0.2
            assertThat(new NearestNeighbours(1).share(real, drawn)).isEqualTo(3 / 4.0);
        }
    }

    @Test
    void fewerRowsThanNeighboursAreRefused() {
        try (var scope = Scope.open()) {
            assertThatThrownBy(() -> new NearestNeighbours(3).share(points(1), points(1, 2, 3)))
                    .isInstanceOf(ConfigException.class)
                    .hasMessageContaining("3 rows to be near to, and neighbours are 3");
        }
    }
}
