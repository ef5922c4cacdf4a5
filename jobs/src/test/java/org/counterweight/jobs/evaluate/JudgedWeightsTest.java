package org.counterweight.jobs.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.counterweight.data.DataException;
import org.counterweight.data.table.row.TableFormat;
import org.counterweight.engine.Seed;
import org.counterweight.jobs.predict.decide.Thresholds;
import org.counterweight.train.measure.uncertainty.Bootstrap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whole-number weights give the figures of the rows repeated as often, and a weight of 0 those without the row. */
class JudgedWeightsTest {
    private static final int ROWS = 60;

    private enum Kind {
        CLASSES,
        LABEL_SETS,
        SCORES
    }

    /** Rows of a kind, drawn anew from the seed; some of them, in that order. */
    private static Judged judged(Kind kind, long seed, double[] weights, int... rows) {
        SplittableRandom random = new Seed(seed).random();
        double[] shares = random.doubles(2 * ROWS).toArray();
        double[] truth = random.doubles(2 * ROWS).map(Math::rint).toArray();
        double[] chosen = new double[2 * rows.length];
        double[] true2 = new double[2 * rows.length];
        for (int i = 0; i < rows.length; i++) {
            for (int c = 0; c < 2; c++) {
                chosen[2 * i + c] = shares[2 * rows[i] + c];
                true2[2 * i + c] = truth[2 * rows[i] + c];
            }
        }
        List<String> names = List.of("no", "yes");
        return switch (kind) {
            case CLASSES -> {
                for (int i = 0; i < rows.length; i++) {
                    chosen[2 * i + 1] = 1 - chosen[2 * i];
                }
                int[] classes = IntStream.range(0, rows.length)
                        .map(i -> (int) true2[2 * i])
                        .toArray();
                yield Judged.classes(names, classes, chosen, Thresholds.NONE, weights);
            }
            case LABEL_SETS -> {
                boolean[] marks = new boolean[true2.length];
                IntStream.range(0, marks.length).forEach(i -> marks[i] = true2[i] > 0.5);
                yield Judged.labelSets(names, marks, chosen, Thresholds.NONE, weights);
            }
            case SCORES -> Judged.scores(even(true2), even(chosen), weights);
        };
    }

    private static double[] even(double... pairs) {
        return IntStream.range(0, pairs.length / 2)
                .mapToDouble(i -> pairs[2 * i])
                .toArray();
    }

    private static double[] weights(long seed) {
        return new Seed(seed)
                .child("weights")
                .random()
                .ints(ROWS, 0, 4)
                .asDoubleStream()
                .toArray();
    }

    private static int[] repeated(double... weights) {
        return IntStream.range(0, ROWS)
                .flatMap(row -> IntStream.generate(() -> row).limit((long) weights[row]))
                .toArray();
    }

    private static double[] ones(int rows) {
        double[] ones = new double[rows];
        Arrays.fill(ones, 1);
        return ones;
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void weightsAreRepetitions(Kind kind) {
        for (long seed = 0; seed < 10; seed++) {
            double[] weights = weights(seed);
            int[] many = repeated(weights);
            Judged weighed = judged(kind, seed, weights, Bootstrap.all(ROWS));
            Judged repeated = judged(kind, seed, ones(many.length), many);
            var figures = weighed.figures(Bootstrap.all(ROWS));
            repeated.figures(Bootstrap.all(many.length))
                    .forEach((name, value) ->
                            assertThat(figures.get(name)).as(name).isCloseTo(value, within(1e-12)));
            repeated.baseline()
                    .forEach((name, value) ->
                            assertThat(weighed.baseline().get(name)).as(name).isCloseTo(value, within(1e-12)));
            assertThat(weighed.perClass()).isEqualTo(repeated.perClass());
            if (weighed.calibration() != null && repeated.calibration() != null) {
                assertThat(weighed.calibration().expectedError())
                        .isCloseTo(repeated.calibration().expectedError(), within(1e-12));
            }
        }
    }

    /** A row that is drawn twice for an interval counts twice its weight. */
    @ParameterizedTest
    @EnumSource(Kind.class)
    void aRowThatIsNamedTwiceCountsTwice(Kind kind) {
        int[] drawn = {3, 5, 5, 8, 9, 9, 9, 1, 0};
        double[] weights = new double[ROWS];
        Arrays.stream(drawn).forEach(row -> weights[row]++);
        var twice = judged(kind, 3, ones(ROWS), Bootstrap.all(ROWS)).figures(drawn);
        judged(kind, 3, weights, Bootstrap.all(ROWS))
                .figures(Bootstrap.all(ROWS))
                .forEach((name, value) -> assertThat(twice.get(name)).as(name).isCloseTo(value, within(1e-12)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"f1", "precision=0.6", "recall=0.9"})
    void thresholdsAreThoseOfRepetitions(String words) {
        ThresholdRule rule = ThresholdRule.of(words);
        for (long seed = 0; seed < 10; seed++) {
            double[] shares = new Seed(seed).random().doubles(ROWS).toArray();
            boolean[] is = new boolean[ROWS];
            SplittableRandom random = new Seed(seed).child("truth").random();
            for (int row = 0; row < ROWS; row++) {
                is[row] = random.nextDouble() < shares[row];
            }
            double[] weights = weights(seed);
            int[] many = repeated(weights);
            double[] manyShares =
                    Arrays.stream(many).mapToDouble(row -> shares[row]).toArray();
            boolean[] manyIs = new boolean[many.length];
            IntStream.range(0, many.length).forEach(i -> manyIs[i] = is[many[i]]);
            same(rule.choose("yes", shares, is, weights), rule.choose("yes", manyShares, manyIs, ones(many.length)));
            same(
                    ThresholdRule.atHalf(shares, is, weights),
                    ThresholdRule.atHalf(manyShares, manyIs, ones(many.length)));
        }
    }

    private static void same(ThresholdRule.Chosen one, ThresholdRule.Chosen other) {
        assertThat(one.value()).isEqualTo(other.value());
        assertThat(one.precision()).isCloseTo(other.precision(), within(1e-12));
        assertThat(one.recall()).isCloseTo(other.recall(), within(1e-12));
    }

    /** The worst mistakes are rows: one of weight 3 stands there once, one of weight 0 not at all. */
    @Test
    void theWorstRowsAreEachToldOnce() {
        double[] weights = weights(1);
        List<Integer> worst = JudgedPictures.worst(judged(Kind.SCORES, 1, weights, Bootstrap.all(ROWS)), ROWS);
        var counted = new ArrayList<Integer>();
        IntStream.range(0, ROWS).filter(row -> weights[row] > 0).forEach(counted::add);
        assertThat(worst).containsExactlyInAnyOrderElementsOf(counted);
    }

    @ParameterizedTest
    @ValueSource(strings = {"-1", "nan", "", "many", "inf"})
    void weightsThatAreNoneAreRefusedByRow(String weight) {
        assertThatThrownBy(() -> new Truths("rows.csv: w", List.of("1", weight)).weights(TableFormat.FIND_OUT))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("rows.csv: w: row 2 has \"" + weight + "\"")
                .hasMessageContaining("a weight is a number of at least 0");
    }
}
