package org.counterweight.train.measure.uncertainty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.counterweight.config.ConfigException;
import org.counterweight.engine.Seed;
import org.counterweight.train.measure.uncertainty.Calibration.Bin;
import org.junit.jupiter.api.Test;

/** Intervals and calibration, against theory and by hand. */
class UncertaintyTest {
    private static Function<int[], Map<String, Double>> mean(double[] values) {
        return rows -> Map.of(
                "mean",
                Arrays.stream(rows).mapToDouble(row -> values[row]).average().orElseThrow());
    }

    /** Of a mean the interval is that of the normal law: plus and minus 1.96 standard errors. */
    @Test
    void theIntervalOfAMeanIsThatOfTheNormalLaw() {
        var random = new Seed(3).random();
        double[] values = IntStream.range(0, 400)
                .mapToDouble(i -> random.nextGaussian(5, 2))
                .toArray();
        double mean = Arrays.stream(values).average().orElseThrow();
        double variance =
                Arrays.stream(values).map(v -> (v - mean) * (v - mean)).sum() / values.length;
        Interval interval = Objects.requireNonNull(
                new Bootstrap(4000, 0.95, 1).intervals(400, mean(values)).get("mean"));
        double error = Math.sqrt(variance / values.length);
        assertThat(interval.low()).isCloseTo(mean - 1.96 * error, within(0.1 * error));
        assertThat(interval.high()).isCloseTo(mean + 1.96 * error, within(0.1 * error));
    }

    @Test
    void drawsAreOfTheSeed() {
        var random = new Seed(4).random();
        double[] values = random.doubles(50).toArray();
        Bootstrap bootstrap = new Bootstrap(200, 0.9, 7);
        assertThat(bootstrap.intervals(50, mean(values))).isEqualTo(bootstrap.intervals(50, mean(values)));
        assertThat(new Bootstrap(200, 0.9, 8).intervals(50, mean(values)))
                .isNotEqualTo(bootstrap.intervals(50, mean(values)));
    }

    /** A figure that some resamples lack is measured on the others; one that all lack has no interval. */
    @Test
    void undefinedFiguresAreLeftOut() {
        Map<String, Interval> intervals = new Bootstrap(200, 0.9, 7).intervals(3, rows -> {
            var figures = new LinkedHashMap<String, Double>();
            figures.put("some", rows[0] == 0 ? Double.NaN : rows[0]);
            figures.put("none", Double.NaN);
            return figures;
        });
        assertThat(intervals).containsOnlyKeys("some");
        assertThat(intervals.get("some")).isEqualTo(new Interval(1, 2));
    }

    @Test
    void fewResamplesAreRefused() {
        assertThatThrownBy(() -> new Bootstrap(10, 0.95, 0))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("resamples")
                .hasMessageContaining("at least 100");
    }

    /** Bins are open below and closed above, and the error is weighed by their rows. */
    @Test
    void calibrationIsThatOfTheBins() {
        double[] shares = {0.5, 0.45, 0.9, 0.9, 1};
        boolean[] right = {true, false, true, false, true};
        Calibration calibration = Calibration.of(shares, right, 2);
        assertThat(calibration.bins())
                .usingRecursiveComparison()
                .isEqualTo(List.of(new Bin(0, 0.5, 2, 0.475, 0.5), new Bin(0.5, 1, 3, 2.8 / 3, 2.0 / 3)));
        assertThat(calibration.expectedError()).isCloseTo((2 * 0.025 + 3 * (2.8 / 3 - 2.0 / 3)) / 5, within(1e-12));
        assertThat(Calibration.of(new double[] {1, 1}, new boolean[] {true, true}, Calibration.USUAL_BINS)
                        .expectedError())
                .isZero();
    }
}
