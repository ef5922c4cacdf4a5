package org.counterweight.merge.update;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.counterweight.engine.Tensors.doubles;
import static org.counterweight.engine.Tensors.longs;
import static org.counterweight.testing.TensorAssert.assertTensor;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.assertj.core.data.Offset;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.counterweight.config.Configs;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AlphaSweepTest {
    private final Scope scope = Scope.open();

    @AfterEach
    void close() {
        scope.close();
    }

    private static long[] classes(long seed, int rows) {
        var random = new Seed(seed).random();
        return LongStream.generate(() -> random.nextInt(4)).limit(rows).toArray();
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void accuracyIsGainedByPositiveFlipsAndLostByNegativeOnes(long seed) {
        Flips flips = Flips.of(longs(classes(seed, 37)), longs(classes(seed + 10, 37)), longs(classes(seed + 20, 37)));
        assertThat(flips.accNew() - flips.accOld()).isCloseTo(flips.pfr() - flips.nfr(), Offset.offset(1e-9));
    }

    @Test
    void flipsOfAPartAndOfNothing() {
        Tensor labels = longs(new long[] {0, 1, 2, 3});
        Tensor old = longs(new long[] {0, 1, 0, 0});
        Tensor updated = longs(new long[] {1, 1, 2, 0});
        assertThat(Flips.of(old, updated, labels)).isEqualTo(new Flips(50, 50, 25, 50, 25, 50));
        assertThat(Flips.of(old, updated, labels, labels.lt(Tensors.scalar(2))).nfr())
                .isEqualTo(50);
        assertThatThrownBy(() -> Flips.of(old, updated, labels, labels.gt(Tensors.scalar(9))))
                .hasMessageContaining("at least one");
    }

    @Test
    void theChoiceKeepsAccuracyOrALimitOnFlips() {
        double[] alphas = {0, 0.5, 1};
        double[] accuracy = {90, 89, 80};
        double[] nfr = {3, 1, 0};
        assertThat(AlphaChoice.of(alphas, accuracy, nfr, 90, 0, null)).isEqualTo(new AlphaChoice(0, 0, true));
        assertThat(AlphaChoice.of(alphas, accuracy, nfr, 90, 1, null)).isEqualTo(new AlphaChoice(1, 0.5, true));
        assertThat(AlphaChoice.of(alphas, accuracy, nfr, 90, 0, 2.0)).isEqualTo(new AlphaChoice(1, 0.5, true));
        assertThat(AlphaChoice.of(alphas, accuracy, nfr, 95, 0, null)).isEqualTo(new AlphaChoice(0, 0, false));
    }

    /** 100 k / M is rounded for each k: two percentages a point apart need not be one apart to the last bit. */
    @Test
    void aLossOfExactlyTheToleranceIsWithinIt() {
        double[] alphas = {0, 0.5};
        for (int m : new int[] {100, 200, 300, 500}) {
            for (int right = m / 100; right <= m; right++) {
                double accNew = 100.0 * right / m;
                double[] accuracy = {accNew, 100.0 * (right - m / 100) / m};
                assertThat(AlphaChoice.of(alphas, accuracy, new double[] {3, 1}, accNew, 1, null)
                                .alpha())
                        .isEqualTo(0.5);
            }
        }
    }

    /** A linear classifier of 200 points; the old model sees the classes turned a little, the new one a little the other way. */
    @Test
    void theSweepMeasuresEachShareAndTellsWhatIsNotSure() {
        Tensor x = Tensors.zeros(200, 3).normal_(0, 1, Tensors.optional(new Seed(1).generator()));
        Tensor truth = Tensors.zeros(4, 3).normal_(0, 1, Tensors.optional(new Seed(2).generator()));
        Tensor labels = predict(Map.of("w", truth), x);
        Map<String, Tensor> old = Map.of("w", noisy(truth, 3, 0.5));
        Map<String, Tensor> updated = Map.of("w", noisy(truth, 4, 0.3));
        BcwiConfig config = Configs.bind(Configs.yaml("tolerance: 100", "t"), BcwiConfig.class, "");
        AlphaSweep sweep = AlphaSweep.run(
                config,
                Bcwi.plain(0),
                old,
                List.of(updated),
                weights -> predict(weights, x),
                predict(old, x),
                labels,
                new Seed(5));
        assertThat(sweep.rows()).hasSize(11);
        AlphaSweep.Row atOne = sweep.rows().get(10);
        assertThat(atOne.flips().nfr()).isZero();
        assertThat(atOne.distance()).isZero();
        assertThat(atOne.flips().accNew()).isEqualTo(atOne.flips().accOld());
        assertThat(sweep.rows().get(sweep.choice().index()).flips().nfr()).isZero(); // any accuracy was allowed
        for (AlphaSweep.Row row : sweep.rows()) {
            assertThat(row.flips().accNew())
                    .isBetween(row.accuracy().low(), row.accuracy().high());
            assertThat(row.flips().nfr()).isBetween(row.nfr().low(), row.nfr().high());
        }
        AlphaSweep again = AlphaSweep.run(
                config,
                Bcwi.plain(0),
                old,
                List.of(updated),
                weights -> predict(weights, x),
                predict(old, x),
                labels,
                new Seed(5));
        assertThat(again).isEqualTo(sweep);
        assertThat(sweep.barrier().warning()).isEmpty();

        Tensor wrong = labels.add(Tensors.scalar(1)).remainder(Tensors.scalar(4));
        AlphaSweep hopeless = AlphaSweep.run(
                config, Bcwi.plain(0), old, List.of(updated), w -> predict(w, x), wrong, labels, new Seed(5));
        assertThat(hopeless.warnings()).anyMatch(w -> w.contains("nothing can flip"));
    }

    /** Each interpolated model is gone before the next is made, the new one and the half-way one too. */
    @Test
    void oneInterpolatedModelIsInMemoryAtATime() {
        Tensor x = Tensors.zeros(20, 3).normal_(0, 1, Tensors.optional(new Seed(1).generator()));
        Tensor truth = Tensors.zeros(4, 3).normal_(0, 1, Tensors.optional(new Seed(2).generator()));
        var seen = new ArrayList<Tensor>();
        AlphaSweep.run(
                Configs.defaults(BcwiConfig.class),
                Bcwi.plain(0),
                Map.of("w", noisy(truth, 3, 0.5)),
                List.of(Map.of("w", noisy(truth, 4, 0.3))),
                weights -> {
                    assertThat(seen.stream().map(Tensor::use_count)).allMatch(count -> count == 1); // this test's own
                    seen.add(Scope.own(Objects.requireNonNull(weights.get("w"))));
                    return predict(weights, x);
                },
                predict(Map.of("w", truth), x),
                predict(Map.of("w", truth), x),
                new Seed(5));
        assertThat(seen).hasSize(13); // the new one, the half-way one, and eleven shares
        seen.forEach(Tensor::close);
    }

    private static Tensor noisy(Tensor truth, long seed, double scale) {
        return truth.add(torch.zeros_like(truth).normal_(0, scale, Tensors.optional(new Seed(seed).generator())));
    }

    private static Tensor predict(Map<String, Tensor> weights, Tensor x) {
        return torch.matmul(x, Objects.requireNonNull(weights.get("w")).t()).argmax(new LongOptional(1), false);
    }

    @Test
    void theBootstrapFindsTheSpreadOfAMean() {
        double[] coins = IntStream.range(0, 400).mapToDouble(i -> i % 2).toArray();
        MeanInterval interval = MeanInterval.of(doubles(coins), 1000, new Seed(3));
        assertThat(interval.contains(0.5)).isTrue();
        assertThat(interval.high() - interval.low()).isCloseTo(2 * 1.96 * 0.5 / 20, Offset.offset(0.015));
    }

    @Test
    void aBarrierIsTold() {
        assertThat(new Barrier(80, 85, 76).warning()).isEmpty();
        assertThat(new Barrier(80, 85, 74.9).warning())
                .hasValueSatisfying(warning -> assertThat(warning)
                        .contains("not linearly connected", "start the update from the old weights"));
    }

    @Test
    void predictionsArePairedById() {
        var stored = new Predictions(List.of("a", "b", "c"), longs(new long[] {7, 8, 9}));
        assertTensor(stored.of(List.of("c", "a"))).isEqualTo(longs(new long[] {9, 7}));
        assertThatThrownBy(() -> stored.of(List.of("a", "x", "y"))).hasMessageContaining("no instance \"x\"");
        assertThatThrownBy(() -> new Predictions(List.of("a", "b", "a"), longs(new long[] {1, 2, 3})))
                .hasMessageContaining("\"a\" stands twice, in rows 0 and 2");
    }
}
