package org.counterweight.studies.adapt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.bytedeco.pytorch.Tensor;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;
import org.counterweight.studies.adapt.ScaledTeacher.Scaling;
import org.junit.jupiter.api.Test;

class ScaledTeacherTest {
    /** With the same draws, what columns add to rows is one factor a column. */
    @Test
    void columnsAreScaledByAFactorEach() {
        try (var scope = Scope.open()) {
            Tensor rows =
                    ScaledTeacher.of(200, Scaling.ROWS, new Seed(3).generator()).target();
            Tensor both =
                    ScaledTeacher.of(200, Scaling.BOTH, new Seed(3).generator()).target();
            double[] factors = Tensors.toDoubles(both.div(rows)); // [200, 200]
            double sum = 0;
            double squares = 0;
            for (int column = 0; column < 200; column++) {
                for (int row = 1; row < 200; row++) {
                    assertThat(factors[row * 200 + column]).isCloseTo(factors[column], within(1e-4));
                }
                sum += factors[column];
                squares += factors[column] * factors[column];
            }
            double mean = sum / 200;
            assertThat(mean).isCloseTo(1, within(0.1));
            assertThat(Math.sqrt(squares / 200 - mean * mean)).isCloseTo(0.4, within(0.06));
        }
    }

    @Test
    void distanceRunsFromOneToZero() {
        try (var scope = Scope.open()) {
            ScaledTeacher teacher = ScaledTeacher.of(8, Scaling.COLUMNS, new Seed(3).generator());
            assertThat(teacher.distance(teacher.base())).isCloseTo(1, within(1e-6));
            assertThat(teacher.distance(teacher.target())).isZero();
            Tensor between = teacher.base().add(teacher.target());
            assertThat(teacher.distance(Tensors.times(between, 0.5))).isCloseTo(0.5, within(1e-6));
        }
    }
}
