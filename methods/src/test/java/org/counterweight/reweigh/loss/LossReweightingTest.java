package org.counterweight.reweigh.loss;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.counterweight.engine.Tensors.doubles;
import static org.counterweight.engine.Tensors.gradients;
import static org.counterweight.engine.Tensors.longs;
import static org.counterweight.engine.Tensors.scalar;
import static org.counterweight.engine.Tensors.times;
import static org.counterweight.engine.Tensors.toDoubles;
import static org.counterweight.testing.TensorAssert.assertTensor;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.counterweight.config.ConfigException;
import org.counterweight.config.Configs;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;
import org.counterweight.model.Batch;
import org.counterweight.train.objective.LengthNorm;
import org.counterweight.train.objective.TokenCrossEntropy;
import org.counterweight.train.state.TrainingException;
import org.counterweight.train.weigh.Rows;
import org.counterweight.train.weigh.Uniform;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The properties of the spec's section 5 and the edge cases of its section 8. */
class LossReweightingTest {
    static Stream<Arguments> strategiesAndSeeds() {
        return Arrays.stream(Strategy.values())
                .flatMap(strategy -> LongStream.range(0, 5).mapToObj(seed -> Arguments.of(strategy, seed)));
    }

    private static double[] losses(long seed, int count) {
        SplittableRandom random = new Seed(seed).random();
        return random.doubles(count, 0, 1).map(u -> -3 * Math.log(1 - u)).toArray(); // skewed, as losses are
    }

    private static double[] weights(Strategy strategy, double r, double... losses) {
        try (var scope = Scope.open()) {
            return toDoubles(LossReweighting.weights(doubles(losses), strategy, r, 1, 1));
        }
    }

    private static Rows rows(Tensor losses, long... units) {
        Tensor n = units.length == 0 ? torch.ones_like(losses).to(torch.ScalarType.Long) : longs(units);
        return new Rows(
                losses,
                n,
                new Batch(Map.of(Batch.ROW, torch.arange(new org.bytedeco.pytorch.Scalar(losses.numel())))),
                0);
    }

    private static LossReweighting method(Strategy strategy, double r) {
        return (LossReweighting) LossReweightingConfig.of(strategy, r).create();
    }

    @ParameterizedTest(name = "{0}, seed {1}")
    @MethodSource("strategiesAndSeeds")
    void onlyTheShapeOfTheLossesMatters(Strategy strategy, long seed) {
        double[] losses = losses(seed, 23);
        double[] w = weights(strategy, 0.4, losses);
        double[] shifted = Arrays.stream(losses).map(l -> l - 7).toArray(); // negative losses are legal
        double[] scaled = Arrays.stream(losses).map(l -> 12 * l + 3).toArray();
        assertClose(weights(strategy, 0.4, shifted), w, 1e-9);
        if (strategy != Strategy.DRO) {
            assertClose(weights(strategy, 0.4, scaled), w, 1e-9);
        }
    }

    @ParameterizedTest
    @EnumSource(Strategy.class)
    void equalLossesAndSingleRowsGetEqualWeights(Strategy strategy) {
        assertClose(weights(strategy, 0.4, 2.5, 2.5, 2.5, 2.5), new double[] {0.25, 0.25, 0.25, 0.25}, 1e-15);
        assertThat(weights(strategy, 0.05, 3)).containsExactly(1);
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {0, 1, 2, 3, 4})
    void linupperRisesToTheMiddleAndIsFlatBeyond(long seed) {
        double[] losses = losses(seed, 40);
        Arrays.sort(losses);
        for (double r : new double[] {0.05, 0.4, 2}) {
            double[] w = weights(Strategy.LINUPPER, r, losses);
            double middle = (losses[0] + losses[39]) / 2;
            for (int i = 1; i < w.length; i++) {
                assertThat(w[i]).isGreaterThanOrEqualTo(w[i - 1] * (1 - 1e-12));
                if (losses[i - 1] >= middle) {
                    assertThat(w[i]).isCloseTo(w[i - 1], within(1e-12));
                }
            }
            assertThat(w[39] / w[0]).isLessThanOrEqualTo(Math.exp(1 / r) * (1 + 1e-9));
            assertThat(40 * w[39]).isLessThanOrEqualTo(Math.exp(1 / r) * (1 + 1e-9));
        }
    }

    @Test
    void quadraticAndExtremesAreSymmetric() {
        double[] symmetric = {0, 1, 2, 3, 4};
        for (Strategy strategy : List.of(Strategy.QUADRATIC, Strategy.EXTREMES)) {
            double[] w = weights(strategy, 0.4, symmetric);
            assertThat(w[0]).isCloseTo(w[4], within(1e-15));
            assertThat(w[1]).isCloseTo(w[3], within(1e-15));
            assertThat(w[2] > w[0]).isEqualTo(strategy == Strategy.QUADRATIC);
        }
    }

    @Test
    void temperatureGoesFromUniformToTheLargestScore() {
        double[] losses = losses(3, 16);
        for (Strategy strategy : Strategy.values()) {
            double last = 0;
            for (double r : new double[] {1e2, 1e3, 1e4}) {
                double far = Arrays.stream(weights(strategy, r, losses))
                        .map(w -> Math.abs(w - 1.0 / 16))
                        .max()
                        .orElseThrow();
                assertThat(far).isLessThan(20 / (16 * r)); // as 1/r
                last = far;
            }
            assertThat(last).isLessThan(1e-3);
        }
        double[] sharp = weights(Strategy.DRO, 1e-4, 1, 3, 2, 3);
        assertClose(sharp, new double[] {0, 0.5, 0, 0.5}, 1e-12); // split over ties
    }

    @Test
    void weightsAreConstantsInTheBackwardPass() {
        try (var scope = Scope.open()) {
            Tensor theta = doubles(new double[] {0.3, -1.2, 2.0, 0.7}).requires_grad_(true);
            Tensor perRow = theta.square();
            Tensor w = method(Strategy.LINUPPER, 0.4).weights(rows(perRow.detach()));
            assertThat(w.requires_grad()).isFalse();
            Tensor frozen = gradients(perRow.mul(w).sum(), false, theta)[0];
            assertTensor(frozen).isCloseTo(w.mul(theta.detach()).mul(scalar(2)), 1e-12, 1e-12);
            // Finite differences of the loss with the weights held.
            double h = 1e-6;
            for (int i = 0; i < 4; i++) {
                double[] up = toDoubles(theta);
                double[] down = toDoubles(theta);
                up[i] += h;
                down[i] -= h;
                double slope = (toDoubles(doubles(up).square().mul(w).sum())[0]
                                - toDoubles(doubles(down).square().mul(w).sum())[0])
                        / (2 * h);
                assertThat(toDoubles(frozen)[i]).isCloseTo(slope, within(1e-6));
            }
            Tensor again = theta.square();
            Tensor through = gradients(
                    again.mul(LossReweighting.weights(again, Strategy.LINUPPER, 0.4, 1, 1))
                            .sum(),
                    false,
                    theta)[0];
            assertThat(toDoubles(through.sub(frozen).abs().max())[0]).isGreaterThan(0.1);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 6, 12})
    void shardedIsSingleProcess(int workers) {
        try (var scope = Scope.open()) {
            Tensor losses = doubles(losses(9, 12)).requires_grad_(true);
            Tensor w = method(Strategy.QUADRATIC, 0.5).weights(rows(losses.detach()));
            Tensor one = losses.mul(w).sum();
            long[] split = {workers, 12 / workers};
            Tensor n = torch.ones_like(losses).to(torch.ScalarType.Long);
            Tensor average = ShardedLoss.ofWorkers(losses.view(split), w.view(split), n.view(split), LengthNorm.PLAIN)
                    .mean();
            assertTensor(average).isCloseTo(one, 1e-12, 1e-12);
            assertTensor(gradients(average, false, losses)[0])
                    .isCloseTo(gradients(one, false, losses)[0], 1e-12, 1e-15);
            Tensor token = ShardedLoss.ofWorkers(losses.view(split), w.view(split), n.view(split), LengthNorm.TOKEN)
                    .mean();
            assertTensor(token).isCloseTo(one, 1e-12, 1e-12); // equal lengths: no difference
        }
    }

    @Test
    void uniformPlainIsTheMeanOfRowsAndUniformTokenTheMeanOfTokens() {
        try (var scope = Scope.open()) {
            Tensor logits = torch.zeros(new long[] {3, 5, 7}, Tensors.options(torch.ScalarType.Double))
                    .normal_(0, 1, Tensors.optional(new Seed(1).generator()));
            Tensor labels = longs(new long[] {1, 2, 3, 4, 5, 1, 2, 3, -100, -100, 6, -100, -100, -100, -100}, 3, 5);
            var losses = TokenCrossEntropy.CAUSAL.losses(logits, labels);
            assertThat(Tensors.toLongs(losses.units())).containsExactly(4, 2, 0);
            double[] l = toDoubles(losses.perRow());
            Tensor w = method(Strategy.UNIFORM, 1)
                    .weights(new Rows(losses.perRow(), losses.units(), new Batch(Map.of(Batch.LABELS, labels)), 0));
            assertClose(toDoubles(w), new double[] {0.5, 0.5, 0}, 1e-15);
            double plain = toDoubles(losses.perRow()
                    .mul(LengthNorm.PLAIN.factors(w, losses.units()))
                    .sum())[0];
            double token = toDoubles(losses.perRow()
                    .mul(LengthNorm.TOKEN.factors(w, losses.units()))
                    .sum())[0];
            assertThat(plain).isCloseTo((l[0] + l[1]) / 2, within(1e-12));
            assertThat(token).isCloseTo((4 * l[0] + 2 * l[1]) / 6, within(1e-12));
        }
    }

    /** max over the simplex of Σ w s − r Σ w log(M w): a projected ascent finds nothing better than the closed form. */
    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {0, 1, 2})
    void theClosedFormSolvesTheRegularisedProblem(long seed) {
        double r = 0.7;
        double[] s = losses(seed, 6);
        double[] w = weights(Strategy.DRO, r, s);
        double[] found = new double[6];
        Arrays.fill(found, 1.0 / 6);
        for (int step = 0; step < 2_000; step++) { // exponentiated gradient stays on the simplex
            double sum = 0;
            for (int i = 0; i < 6; i++) {
                found[i] *= Math.exp(0.05 * (s[i] - r * (Math.log(6 * found[i]) + 1)));
                sum += found[i];
            }
            for (int i = 0; i < 6; i++) {
                found[i] /= sum;
            }
        }
        assertThat(value(w, s, r)).isGreaterThanOrEqualTo(value(found, s, r) - 1e-12);
        assertClose(found, w, 1e-6);
    }

    private static double value(double[] w, double[] s, double r) {
        double value = 0;
        for (int i = 0; i < w.length; i++) {
            value += w[i] * s[i] - r * w[i] * Math.log(w.length * w[i]);
        }
        return value;
    }

    /** Section 2.9 of the spec: one step on an interpolating least-squares problem. */
    @ParameterizedTest(name = "{0}, seed {1}")
    @MethodSource("strategiesAndSeeds")
    void aStepContractsAsTheTheoremSays(Strategy strategy, long seed) {
        try (var scope = Scope.open()) {
            var random = Tensors.optional(new Seed(seed).child("theorem").generator());
            Tensor x = torch.zeros(new long[] {16, 4}, Tensors.options(torch.ScalarType.Double))
                    .normal_(0, 1, random);
            Tensor best = torch.zeros(new long[] {4}, Tensors.options(torch.ScalarType.Double))
                    .normal_(0, 1, random);
            double smoothness = toDoubles(Tensors.sum(x.square(), false, 1).max())[0];
            double eta = 0.5 / smoothness;
            Tensor theta = torch.zeros_like(best);
            for (int t = 0; t < 20; t++) {
                Tensor error = torch.matmul(x, theta.sub(best));
                Tensor gaps = times(error.square(), 0.5);
                Tensor w = method(strategy, 0.4).weights(rows(gaps));
                Tensor next = theta.sub(times(torch.matmul(x.t(), w.mul(error)), eta));
                double before = toDoubles(theta.sub(best).square().sum())[0];
                double after = toDoubles(next.sub(best).square().sum())[0];
                double gain =
                        2 * eta * (1 - eta * smoothness) * toDoubles(w.mul(gaps).sum())[0];
                assertThat(after).isLessThanOrEqualTo(before - gain + 1e-12);
                theta = next;
            }
        }
    }

    @Test
    void rowsWithNothingToPredictTakeNoPart() {
        try (var scope = Scope.open()) {
            Tensor w = method(Strategy.LINUPPER, 0.4).weights(rows(doubles(new double[] {0, 1, 2, 4}), 0, 3, 2, 5));
            double[] alone = weights(Strategy.LINUPPER, 0.4, 1, 2, 4);
            assertClose(toDoubles(w), new double[] {0, alone[0], alone[1], alone[2]}, 1e-15);
            assertThatThrownBy(() -> method(Strategy.LINUPPER, 0.4).weights(rows(doubles(new double[] {0, 0}), 0, 0)))
                    .isInstanceOf(TrainingException.class)
                    .hasMessageContaining("no row of the batch has anything to predict");
        }
    }

    @ParameterizedTest
    @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY})
    void aLossThatIsNotFiniteIsNamedOrDropped(double bad) {
        try (var scope = Scope.open()) {
            Tensor losses = doubles(new double[] {1, 2, bad, 4});
            assertThatThrownBy(() -> method(Strategy.LINUPPER, 0.4).weights(rows(losses)))
                    .isInstanceOf(TrainingException.class)
                    .hasMessageContaining("the loss of row 2 of the batch (row 2 of the data) is " + bad);
            var dropping = new LossReweightingConfig(
                    Strategy.LINUPPER, 0.4, 1, 1, 0, null, LossReweightingConfig.NonFinite.DROP);
            double[] alone = weights(Strategy.LINUPPER, 0.4, 1, 2, 4);
            assertClose(
                    toDoubles(dropping.create().weights(rows(losses))),
                    new double[] {alone[0], alone[1], 0, alone[2]},
                    1e-15);
        }
    }

    @Test
    void nearlyEqualLossesGoSmoothlyToUniform() {
        double[] w = weights(Strategy.LINUPPER, 0.4, 1, 1 + 1e-12, 1 + 2e-12);
        assertClose(w, new double[] {1 / 3.0, 1 / 3.0, 1 / 3.0}, 1e-5);
        double[] two = weights(Strategy.LINUPPER, 0.4, 1, 1.001);
        assertThat(two[0]).isCloseTo(1 / (1 + Math.exp(1 / 0.4)), within(1e-12)); // whatever the gap
    }

    @Test
    void smallTemperaturesStayFinite() {
        try (var scope = Scope.open()) {
            for (Strategy strategy : Strategy.values()) {
                Tensor w =
                        LossReweighting.weights(Tensors.floats(new float[] {0, 500, 1000, 20}), strategy, 0.01, 1, 1);
                assertThat(toDoubles(w.sum())[0]).isCloseTo(1, within(1e-6));
            }
        }
    }

    @Test
    void burnInIsExactlyUniformAndTheScheduleGoesByTheStep() {
        try (var scope = Scope.open()) {
            var config = Configs.bind(
                    Configs.yaml(
                            "{r: 1, burn_in_steps: 2, temperature: {kind: warmup, r_warmup: 100, warmup_steps: 4, r: 0.4}}",
                            "weigh"),
                    LossReweightingConfig.class,
                    "weigh");
            Tensor losses = doubles(losses(1, 10));
            var weigher = config.create();
            Rows now = rows(losses);
            assertTensor(weigher.weights(now)).isEqualTo(new Uniform().weights(now));
            Rows later = new Rows(losses, now.units(), now.batch(), 4);
            assertTensor(weigher.weights(later))
                    .isEqualTo(LossReweighting.weights(losses, Strategy.LINUPPER, 0.4, 1, 1));
            assertThat(weigher.figures(3)).isEqualTo(Map.of("r", 100.0));
            assertThat(weigher.figures(1)).isEmpty();
            assertThat(Objects.requireNonNull(weigher.remark(4))).contains("fewer than 8");
            assertThat(weigher.remark(8)).isNull();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "r: 0",
                "r: -1",
                "r: .inf",
                "delta: 0",
                "alpha: 0",
                "strategy: lower",
                "burn_in_steps: -1",
                "temperature: {kind: piecewise, boundaries: [5, 5], values: [1, 2, 3]}",
                "temperature: {kind: piecewise, boundaries: [5], values: [1]}",
                "temperature: {kind: cosine, r0: 1, r1: 2, start: 5, end: 5}",
                "temperature: {kind: warmup, r: 1}",
                "temperature: {kind: constant, r: 1, r0: 2}",
                "temperature: {kind: constant, r: -2}"
            })
    void wrongSettingsNameThemselves(String setting) {
        String settings = setting.startsWith("r:") ? "{" + setting + "}" : "{r: 1, " + setting + "}";
        assertThatThrownBy(() -> Configs.bind(Configs.yaml(settings, "weigh"), LossReweightingConfig.class, "weigh"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining(setting.split(":")[0]);
    }

    @Test
    void theTemperatureMustBeChosen() {
        assertThatThrownBy(() -> Configs.defaults(LossReweightingConfig.class))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("r is missing");
    }

    private static void assertClose(double[] actual, double[] expected, double tolerance) {
        assertThat(actual).hasSameSizeAs(expected);
        for (int i = 0; i < expected.length; i++) {
            assertThat(actual[i]).as("weight %d", i).isCloseTo(expected[i], within(tolerance));
        }
    }
}
