package org.counterweight.guide;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.function.DoubleUnaryOperator;
import java.util.stream.Stream;
import org.counterweight.guide.shape.Grid;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Presets of web interfaces: what they make of the share of the steps that are done, with a weight of 7. */
class WebuiPresetTest {
    private static Stream<Arguments> presets() {
        return Stream.of(
                of("Constant", done -> 7),
                of("Linear", done -> 14 * (1 - done)),
                of("Inverse-Linear", done -> 14 * done),
                of("Cosine", done -> 7 * (1 + Math.cos(Math.PI * done))),
                of("Sine", done -> 7 * (1 + Math.sin(Math.PI * done - Math.PI / 2))),
                of("Clamp-Linear (c=4.0)", done -> Math.max(4, 14 * (1 - done))),
                of("Clamp-Cosine (c=1.0)", done -> Math.max(1, 7 * (1 + Math.cos(Math.PI * done)))),
                of("PCS (s=0.1)", done -> 7 * (1 - Math.cos(Math.PI * Math.pow(1 - done, 0.1))) / 2),
                of("pcs(s=4)", done -> 7 * (1 - Math.cos(Math.PI * Math.pow(1 - done, 4))) / 2),
                of("V-Shape", done -> 14 * (done < 0.5 ? done : 1 - done)),
                of("A-Shape", done -> 14 * (done < 0.5 ? 1 - done : done)));
    }

    private static Arguments of(String name, DoubleUnaryOperator weight) {
        return Arguments.of(name, weight);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("presets")
    void eachGivesTheWeightsThatItGivesThere(String name, DoubleUnaryOperator weight) {
        int steps = 11;
        GuidanceConfig preset = WebuiPreset.named(name).orElseThrow().at(7);
        assertThat(preset.convention()).isEqualTo(Convention.SCALE);
        double[] weights = preset.weights(Grid.left(steps));
        for (int i = 0; i < steps; i++) {
            assertThat(weights[i]).as("step " + i).isEqualTo(weight.applyAsDouble((double) i / steps), within(1e-12));
        }
    }

    @Test
    void theIntervalIsOneOfSteps() {
        assertThat(WebuiPreset.named("Interval").orElseThrow().at(7).weights(Grid.left(8)))
                .containsExactly(1, 7, 7, 7, 7, 7, 1, 1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "lambda", "Clamp-Linear", "PCS", "PCS (c=1)", "Linear (c=2)", "PCS (s=)", "PCS (s=-1)"})
    void otherWordsAreNoPresets(String name) {
        assertThat(WebuiPreset.named(name)).isEmpty();
    }
}
