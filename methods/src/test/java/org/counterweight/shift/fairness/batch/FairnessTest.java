package org.counterweight.shift.fairness.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.counterweight.engine.Tensors.doubles;
import static org.counterweight.testing.TensorAssert.assertTensor;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;
import org.counterweight.shift.ShiftException;
import org.counterweight.shift.fairness.CellRatio;
import org.counterweight.shift.fairness.CellRatio.Tolerance;
import org.counterweight.shift.fairness.CellShares;
import org.counterweight.shift.fairness.Cells;
import org.counterweight.shift.fairness.FairnessMetrics;
import org.counterweight.shift.fairness.Resampling;
import org.counterweight.shift.fairness.constraint.CovarianceConstraint;
import org.counterweight.shift.fairness.constraint.ExponentiatedGradient;
import org.counterweight.shift.fairness.constraint.FairConstraint;
import org.counterweight.shift.fairness.constraint.FairGame;
import org.counterweight.shift.fairness.constraint.FiniteLearner;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What fair training under correlation shifts must have, whatever the data. */
class FairnessTest {
    private static final CellShares OFFICIAL = CellShares.of(0.313, 0.196, 0.128, 0.363);
    private static final Tolerance TOLERANCE = new Tolerance(0.05, 0.05);

    private Scope scope;

    @BeforeEach
    void open() {
        scope = Scope.open();
    }

    @AfterEach
    void close() {
        scope.close();
    }

    private static CellShares drawn(SplittableRandom random) {
        double[] shares = new double[4];
        double sum = 0;
        for (int k = 0; k < 4; k++) {
            shares[k] = 0.05 + random.nextDouble();
            sum += shares[k];
        }
        double all = sum;
        return CellShares.of(Arrays.stream(shares).map(s -> s / all).toArray());
    }

    private static Cells cells(int rows, long seed) {
        SplittableRandom random = new Seed(seed).random();
        double[] y = new double[rows];
        double[] z = new double[rows];
        for (int i = 0; i < rows; i++) {
            y[i] = random.nextInt(3) == 0 ? 1 : -1;
            z[i] = random.nextInt(3) == 0 ? 1 : 0;
        }
        return Cells.of(doubles(y), doubles(z));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void theRatioKeepsAllThatWasAskedOfIt(long seed) {
        SplittableRandom random = new Seed(seed).random();
        CellShares w = drawn(random);
        double c = w.correlation() * random.nextDouble();
        CellRatio found = CellRatio.of(w, c, TOLERANCE);
        double[] after = found.after().toArray();
        assertThat(found.after().correlation()).isCloseTo(c, within(1e-12));
        assertThat(Arrays.stream(after).sum()).isCloseTo(1, within(1e-12));
        assertThat(Arrays.stream(after).min().orElseThrow()).isGreaterThanOrEqualTo(0);
        assertThat(Math.abs(found.after().positive() - w.positive())).isLessThanOrEqualTo(0.05 + 1e-12);
        assertThat(Math.abs(found.after().one() - w.one())).isLessThanOrEqualTo(0.05 + 1e-12);
        CellRatio tighter = CellRatio.of(w, c, new Tolerance(0.01, 0.01));
        assertThat(tighter.objective()).isGreaterThanOrEqualTo(found.objective() - 1e-12);
        for (int i = 0; i < 300; i++) { // no other shares of that correlation are nearer
            double q = found.after().one() + 0.02 * (random.nextDouble() - 0.5);
            double p = found.after().positive() + 0.02 * (random.nextDouble() - 0.5);
            double s = q * p + c * q * (1 - q);
            double[] other = {s, p - s, q - s, 1 - p - q + s};
            boolean allowed = Arrays.stream(other).min().orElseThrow() >= 0
                    && Math.abs(p - w.positive()) <= 0.05
                    && Math.abs(q - w.one()) <= 0.05;
            double distance = 0;
            for (int k = 0; k < 4; k++) {
                distance += Math.pow(other[k] - w.toArray()[k], 2);
            }
            assertThat(!allowed || distance >= found.objective() - 1e-12).isTrue();
        }
    }

    /** The authors' relaxation and the exact search agree, but where a share would be negative: only the search answers there. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void theRelaxationAgreesWithTheSearch(long seed) {
        SplittableRandom random = new Seed(seed).random();
        CellShares w = drawn(random);
        double c = w.correlation() * random.nextDouble();
        CellRatio exact = CellRatio.of(w, c, TOLERANCE);
        CellRatio relaxed = CellRatio.of(w, c, TOLERANCE, CellRatio.Solver.SDP);
        assertThat(relaxed.objective()).isCloseTo(exact.objective(), within(1e-8));
        assertTensor(doubles(relaxed.after().toArray()))
                .isCloseTo(doubles(exact.after().toArray()), 0, 1e-5);
    }

    @Test
    void theRelaxationSaysWhereItGivesNoShares() {
        CellShares rare =
                CellShares.of(0.05, 0.05, 0.45, 0.45); // the nearest with a correlation of 0.3 would have -0.034
        assertThat(CellRatio.of(rare, 0.3, TOLERANCE).after().positiveZero()).isZero();
        assertThatThrownBy(() -> CellRatio.of(rare, 0.3, TOLERANCE, CellRatio.Solver.SDP))
                .isInstanceOf(ShiftException.class)
                .hasMessageContainingAll("gives the cell (y=1, z=0) a share of -0.03", "take solver: exact");
    }

    @Test
    void swappingGroupsOrLabelsSwapsTheAnswer() {
        double[] w = OFFICIAL.toArray();
        double[] plain = CellRatio.of(OFFICIAL, 0.18, TOLERANCE).after().toArray();
        double[] groups = CellRatio.of(CellShares.of(w[1], w[0], w[3], w[2]), -0.18, TOLERANCE)
                .after()
                .toArray();
        double[] labels = CellRatio.of(CellShares.of(w[2], w[3], w[0], w[1]), -0.18, TOLERANCE)
                .after()
                .toArray();
        assertTensor(doubles(new double[] {groups[1], groups[0], groups[3], groups[2]}))
                .isCloseTo(doubles(plain), 0, 1e-7);
        assertTensor(doubles(new double[] {labels[2], labels[3], labels[0], labels[1]}))
                .isCloseTo(doubles(plain), 0, 1e-7);
    }

    @Test
    void theCorrelationThatThereIsKeepsEverything() {
        CellRatio same = CellRatio.of(OFFICIAL, OFFICIAL.correlation(), TOLERANCE);
        assertThat(same.after()).isEqualTo(OFFICIAL);
        assertThat(same.kept()).isEqualTo(1);
        assertThat(CellRatio.of(OFFICIAL, 0.3, 0.4, TOLERANCE).objective()).isZero();
        assertThat(CellRatio.of(OFFICIAL, 0.1, 0.2, TOLERANCE).after().correlation())
                .isCloseTo(0.2, within(1e-12));
    }

    @Test
    void whatCannotBeReachedIsSaidWithTheNearestThatCan() {
        CellShares w = CellShares.of(0.4, 0.1, 0.1, 0.4);
        assertThatThrownBy(() -> CellRatio.of(CellShares.of(0.08, 0.02, 0.42, 0.48), 0.5, new Tolerance(0, 0)))
                .isInstanceOf(ShiftException.class)
                .hasMessageContaining("the nearest that some have is 0.2000")
                .hasMessageContaining("raise g_y or g_z");
        assertThatThrownBy(() -> CellRatio.of(w, 1, TOLERANCE)).hasMessageContaining("a correlation of 1.0");
        assertThatThrownBy(() -> CellRatio.of(CellShares.of(0.5, 0, 0.5, 0), 0.1, TOLERANCE))
                .hasMessageContaining("all rows are of one group");
        assertThatThrownBy(() -> CellShares.of(0, 0.3, 0.3, 0.4).ratios(OFFICIAL))
                .hasMessageContaining("the cell (y=1, z=1) has no rows");
    }

    @Test
    void samplingTakesRowsOnceAndComesNearTheCorrelation() {
        Cells cells = cells(3000, 9);
        CellRatio ratio = CellRatio.of(cells.shares(), 0.2, TOLERANCE);
        Resampling resampling = Resampling.of(cells.counts(), ratio.after());
        int[] kept = resampling.draw(cells, new Seed(1));
        assertThat(Arrays.stream(kept).distinct().count()).isEqualTo(kept.length);
        long[] counts = new long[4];
        for (int row : kept) {
            counts[cells.of(row)]++;
        }
        assertThat(counts).isEqualTo(resampling.kept());
        assertThat(resampling.after().correlation()).isCloseTo(0.2, within(0.01));
        assertThat(kept).isEqualTo(resampling.draw(cells, new Seed(1)));
        assertThat(IntStream.range(0, 4).anyMatch(k -> counts[k] == cells.counts()[k]))
                .isTrue();
    }

    @Test
    void reweighingMakesLabelAndGroupIndependent() {
        CellShares after = OFFICIAL.weighted(OFFICIAL.reweighing());
        assertThat(after.correlation()).isCloseTo(0, within(1e-15));
        assertThat(after.positive()).isCloseTo(OFFICIAL.positive(), within(1e-15));
        assertThat(after.one()).isCloseTo(OFFICIAL.one(), within(1e-15));
    }

    @Test
    void noClassifierBeatsTheBoundOfParity() {
        SplittableRandom random = new Seed(5).random();
        for (int i = 0; i < 500; i++) {
            CellShares w = drawn(random);
            double[] rates = {random.nextDouble(), random.nextDouble(), random.nextDouble(), random.nextDouble()};
            double[] s = w.toArray();
            double one = (s[0] * rates[0] + s[2] * rates[2]) / w.one();
            double zero = (s[1] * rates[1] + s[3] * rates[3]) / (1 - w.one());
            double accuracy = s[0] * rates[0] + s[1] * rates[1] + s[2] * (1 - rates[2]) + s[3] * (1 - rates[3]);
            assertThat(accuracy).isLessThanOrEqualTo(w.parityBound(Math.abs(one - zero)) + 1e-12);
        }
    }

    @Test
    void aGroupWithoutRowsHasNoGap() {
        Tensor y = doubles(new double[] {1, 1, -1});
        FairnessMetrics none = FairnessMetrics.of(y, Cells.of(y, doubles(new double[] {1, 1, 1})), 0);
        assertThat(none.parityDifference()).isNaN();
        assertThat(none.oddsGap()).isNaN();
        assertThat(none.accuracy()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void sharesOfBatchesStayWithinBounds(long seed) {
        Cells cells = cells(200, seed);
        Tensor logits = torch.zeros(new long[] {200}, Tensors.options(ScalarType.Double))
                .normal_(0, 1, Tensors.optional(new Seed(seed).generator()));
        CellLosses losses = CellLosses.ofLogits(logits, cells);
        BatchShares shares = BatchShares.initial(cells.shares());
        for (FairTarget target : FairTarget.values()) {
            for (int i = 0; i < 30; i++) {
                shares = shares.next(target, losses, 0.3, 3);
                assertThat(shares.positive()).isBetween(0.0, 1.0);
                assertThat(shares.negative()).isBetween(0.0, 1.0);
            }
        }
        int[] sizes = BatchShares.initial(cells.shares()).sizes(FairTarget.EQODDS, cells.counts(), 40);
        for (int k = 0; k < 4; k++) {
            assertThat((double) sizes[k]).isCloseTo(cells.counts()[k] * 0.2, within(0.5));
        }
    }

    @Test
    void aChunkLargerThanItsCellRepeatsIt() {
        List<int[]> batches = new FairBatches(new int[] {5, 1, 0, 2}, 2, Wrap.EXACT)
                .deal(new int[][] {{0, 1}, {2, 3}, {4}, {5, 6, 7}});
        assertThat(batches.get(0)).containsExactly(5, 6, 2, 0, 1, 0, 1, 0);
        assertThat(batches.get(1)).containsExactly(7, 5, 3, 1, 0, 1, 0, 1);
    }

    @Test
    void aTrainingWithASeedIsTheSameEachTime() {
        Cells cells = cells(120, 4);
        Tensor x = torch.zeros(new long[] {120, 3}, Tensors.options(ScalarType.Double))
                .normal_(0, 1, Tensors.optional(new Seed(4).generator()));
        for (boolean replacement : new boolean[] {false, true}) {
            var settings = new FairTraining.Settings(
                    new FairBatchConfig(FairTarget.DPEO, 0.05, 3, Wrap.EXACT, replacement, null, null), 16, 0.01, 3);
            FairTraining one = FairTraining.run(x, cells, FairTraining.start(3, new Seed(1)), settings, new Seed(2));
            FairTraining other = FairTraining.run(x, cells, FairTraining.start(3, new Seed(1)), settings, new Seed(2));
            assertTensor(one.weight()).isEqualTo(other.weight());
            assertThat(one.trace()).isEqualTo(other.trace());
        }
    }

    @Test
    void aWideBoundIsPlainRegressionAndNoneIsNoCovariance() {
        Cells cells = cells(150, 6);
        Tensor x = torch.zeros(new long[] {150, 3}, Tensors.options(ScalarType.Double))
                .normal_(0, 1, Tensors.optional(new Seed(6).generator()));
        Tensor y = cells.spread(1, 1, 0, 0);
        Tensor z = cells.spread(1, 0, 1, 0);
        Tensor shifted = x.add(Tensors.times(y.add(z), 0.7).unsqueeze(1));
        CovarianceConstraint free = CovarianceConstraint.fit(shifted, y, z, false, 10, 0.01);
        CovarianceConstraint wide = CovarianceConstraint.fit(shifted, y, z, false, Math.abs(free.covariance()), 0.01);
        assertTensor(wide.theta()).isEqualTo(free.theta());
        for (boolean opportunity : new boolean[] {false, true}) {
            assertThat(CovarianceConstraint.fit(shifted, y, z, opportunity, 0, 0.01)
                            .covariance())
                    .isCloseTo(0, within(1e-12));
        }
    }

    @ParameterizedTest
    @EnumSource(FairConstraint.class)
    void theGameOfReductionsClosesItsGap(FairConstraint constraint) {
        Cells cells = cells(200, 7);
        Tensor predictions = torch.zeros(new long[] {30, 200}, Tensors.options(ScalarType.Double))
                .uniform_(0, 1, Tensors.optional(new Seed(7).generator()))
                .gt(Tensors.scalar(0.5))
                .to(ScalarType.Double);
        Tensor truth = cells.spread(1, 1, 0, 0);
        Tensors.slice(predictions, 0, 0, 1).copy_(truth.unsqueeze(0));
        var game = new FairGame(cells, constraint, 0.02);
        var learner = FiniteLearner.of(game, predictions);
        double before = Double.POSITIVE_INFINITY;
        for (int rounds : new int[] {20, 200, 2000}) {
            var found =
                    ExponentiatedGradient.play(game, learner, new ExponentiatedGradient.Settings(10, 0.5, rounds, 0));
            assertThat(found.gap()).isBetween(-1e-9, before);
            before = found.gap();
        }
        double[] costs = game.costs(new double[game.constraints()]);
        assertThat(costs).containsExactly(-1 / 200.0, -1 / 200.0, 1 / 200.0, 1 / 200.0);
    }

    @Test
    void aSampleHasEachCellByItsShareAndTheSmallestToo() {
        SplittableRandom random = new Seed(5).random();
        double[] y = random.doubles(1000).map(d -> d < 0.3 ? 1 : -1).toArray();
        double[] z = IntStream.range(0, 1000)
                .mapToDouble(i -> y[i] > 0 ? (i % 400 < 2 ? 1 : 0) : i % 2)
                .toArray();
        Cells cells = Cells.of(doubles(y), doubles(z));
        int[] sample = cells.sample(100, new Seed(6));
        assertThat(cells.sample(100, new Seed(6)))
                .isEqualTo(sample)
                .doesNotHaveDuplicates()
                .isSorted();
        Cells sampled = cells.select(sample);
        for (int cell = 0; cell < CellShares.CELLS; cell++) {
            assertThat(sampled.count(cell)).isEqualTo(Math.max(1, Math.round(cells.count(cell) / 10.0)));
        }
        assertThat(cells.count(0)).isBetween(1L, 4L); // so few that rounding alone would leave them out
        assertThat(cells.sample(4, new Seed(7))).hasSizeBetween(4, 6);
    }
}
