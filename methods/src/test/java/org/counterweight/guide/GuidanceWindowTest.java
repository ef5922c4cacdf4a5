package org.counterweight.guide;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import org.counterweight.config.ConfigException;
import org.counterweight.guide.shape.Grid;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Guidance begins and ends anywhere, whatever its shape; or it is a list. */
class GuidanceWindowTest {
    private static GuidanceConfig linear(Convention convention) {
        return GuidanceConfig.of(ShapeName.LINEAR, 3, convention);
    }

    /** diffusers' rule: step i has guidance where int(start N) <= i < int(stop N). */
    @ParameterizedTest
    @CsvSource({"0, 1, 7", "0.2, 0.8, 5", "0.2, 0.8, 7", "0.5, 0.5, 6", "1, 1, 4", "0, 0, 4", "0.99, 1, 3", "0.34, 1, 1"
    })
    void outsideItsPartOfTheStepsNothingIsGuided(double start, double stop, int steps) {
        for (Convention convention : Convention.values()) {
            double[] whole = linear(convention).weights(Grid.left(steps));
            double[] part = linear(convention).between(start, stop).weights(Grid.left(steps));
            for (int i = 0; i < steps; i++) {
                boolean holds = (int) (start * steps) <= i && i < (int) (stop * steps);
                assertThat(part[i]).as("step " + i).isEqualTo(holds ? whole[i] : convention.neutral());
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Convention.class)
    void anEmptyPartIsTheConditionalModelAtOneEvaluationAStep(Convention convention) {
        GuidancePlan plan = GuidancePlan.of(linear(convention).between(0.5, 0.5), Grid.left(6));
        assertThat(plan.evaluations()).isEqualTo(6);
        assertThat(plan.unguided()).isEqualTo(6);
    }

    @Test
    void aPartThatEndsBeforeItBeginsIsRefused() {
        assertThatThrownBy(() -> linear(Convention.OMEGA).between(0.6, 0.5))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining(
                        "guidance.start: 0.6 is not allowed; expected a share of at most guidance.stop, 0.5");
        assertThatThrownBy(() -> linear(Convention.OMEGA).between(0, 1.5)).hasMessageContaining("guidance.stop: 1.5");
        assertThatThrownBy(() -> linear(Convention.OMEGA).between(Double.NaN, 1))
                .hasMessageContaining("guidance.start: NaN");
    }

    /** An interval of steps that lies outside all of them is the conditional model. */
    @ParameterizedTest
    @CsvSource({"7, 9, 0", "-4, -1, 0", "-3, 1, 2", "3, 99, 2", "0, 4, 5"})
    void anIntervalMayReachBeyondTheSteps(double lo, double hi, int guided) {
        var config = new GuidanceConfig(
                ShapeName.INTERVAL_INDEX, 5, Convention.SCALE, null, 1, lo, hi, Normalize.NONE, false, 0, 1, null);
        GuidancePlan plan = GuidancePlan.of(config, Grid.left(5));
        assertThat(plan.steps().stream().filter(step -> step.scale() == 5)).hasSize(guided);
        assertThat(plan.evaluations()).isEqualTo(5 + guided);
    }

    @Test
    void aListStandsInThePlaceOfAShape() {
        GuidanceConfig list = listed(List.of(0.0, 2.5, -1.0));
        assertThat(list.weights(Grid.left(3))).containsExactly(0, 2.5, -1);
        assertThat(list.between(0.34, 1).weights(Grid.left(3))).containsExactly(0, 2.5, -1);
        assertThat(list.between(0.67, 1).weights(Grid.left(3))).containsExactly(0, 0, -1);
        assertThat(GuidancePlan.of(list, Grid.left(3)).evaluations()).isEqualTo(1 + 2 + 1);
        assertThatThrownBy(() -> list.weights(Grid.left(4)))
                .hasMessage("guidance.list: there are 3 weights for 4 steps; give one a step");
        assertThatThrownBy(() -> listed(Arrays.asList(1.0, Double.POSITIVE_INFINITY)))
                .hasMessageContaining("guidance.list[1]: Infinity");
    }

    private static GuidanceConfig listed(List<Double> weights) {
        return new GuidanceConfig(
                ShapeName.LINEAR, 9, Convention.OMEGA, null, 1, null, null, Normalize.NONE, false, 0, 1, weights);
    }
}
