package org.counterweight.shift.doubleweighting;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.counterweight.engine.Tensors.plus;
import static org.counterweight.engine.Tensors.times;
import static org.counterweight.testing.TensorAssert.assertTensor;

import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.config.ConfigException;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;
import org.counterweight.shift.doubleweighting.DoubleWeights.Limits;
import org.counterweight.shift.doubleweighting.table.DoubleWeighting;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What double-weighting kernel mean matching must have, whatever the data. */
class DoubleWeightsTest {
    private static final double INF = Double.POSITIVE_INFINITY;

    private Scope scope;

    @BeforeEach
    void open() {
        scope = Scope.open();
    }

    @AfterEach
    void close() {
        scope.close();
    }

    private static Tensor normal(long rows, long width, double shift, double spread, long seed) {
        Tensor drawn = torch.zeros(new long[] {rows, width}, Tensors.options(ScalarType.Double))
                .normal_(0, 1, Tensors.optional(new Seed(seed).generator()));
        return plus(times(drawn, spread), shift);
    }

    private static Limits limits(double d) {
        return new Limits(d, 1000, Double.NaN);
    }

    /** The bound of Frank and Wolfe: linear minimisation over all that is allowed, without the two conditions on means. */
    private static double frankWolfe(Tensor gram, DoubleWeights found, Limits limits) {
        long n = found.beta().numel();
        long t = found.alpha().numel();
        Tensor v = torch.cat(new TensorVector(times(found.beta(), 1.0 / n), times(found.alpha(), -1.0 / t)), 0);
        Tensor slope = times(gram.mv(v), 2);
        Tensor ofBeta = times(Tensors.slice(slope, 0, 0, n), 1.0 / n);
        Tensor ofAlpha = times(Tensors.slice(slope, 0, n, n + t), -1.0 / t);
        // no β may have more in all than C n, and of those that matter Σ β ≤ n (1 + ε): the steepest takes all of it
        double most = n * (1 + DoubleWeights.epsilon(n));
        double least = Math.min(0, ofBeta.min().item_double()) * most;
        double radius = (1 - 1 / Math.sqrt(limits.d())) * Math.sqrt(t);
        double lower = ofAlpha.sum().item_double() - steepest(ofAlpha.relu(), radius);
        double here = slope.dot(v).item_double();
        return here - least - lower;
    }

    /** max gᵀ u over 0 ≤ u ≤ 1, ‖u‖ ≤ r: u = min(g / ν, 1), ν by bisection. */
    private static double steepest(Tensor g, double radius) {
        double low = 0;
        double high = 1 + Tensors.norm2(g, false, 0).item_double() / radius;
        for (int i = 0; i < 100; i++) {
            double nu = (low + high) / 2;
            Tensor u = times(g, 1 / nu).clamp_max(Tensors.scalar(1));
            if (Tensors.norm2(u, false, 0).item_double() > radius) {
                low = nu;
            } else {
                high = nu;
            }
        }
        return g.dot(times(g, 1 / high).clamp_max(Tensors.scalar(1))).item_double();
    }

    @ParameterizedTest(name = "D = {0}, sigma = {1}")
    @CsvSource({"1.2346, 0.3", "4, 0.3", "4, 1", "100, 0.5", "4, 3"})
    void noAllowedPointIsBetterByMoreThanAMillionth(double d, double sigma) {
        Tensor train = normal(60, 2, 0, 1, 1);
        Tensor deployed = normal(50, 2, 0.8, 0.7, 2);
        Tensor all = torch.cat(new TensorVector(train, deployed), 0);
        Tensor gram = Kernel.gram(all, all, sigma);
        DoubleWeights found = DoubleWeights.ofGram(gram, 60, 50, limits(d));
        assertThat(found.objective()).isGreaterThanOrEqualTo(-1e-12);
        assertThat(found.gap()).isLessThan(1e-9);
        assertThat(frankWolfe(gram, found, limits(d))).isLessThan(1e-6);
        assertThat(found.beta().min().item_double()).isGreaterThanOrEqualTo(0);
        assertThat(found.alpha().max().item_double()).isLessThanOrEqualTo(1);
    }

    @Test
    void ofOneTableTwiceNothingIsChanged() {
        Tensor x = normal(40, 3, 0, 1, 3);
        DoubleWeights reweighted = DoubleWeights.of(x, x, 0.8, limits(1));
        assertThat(reweighted.objective()).isCloseTo(0, within(1e-12));
        assertTensor(reweighted.beta()).isCloseTo(torch.ones_like(reweighted.beta()), 0, 1e-4);
        DoubleWeights both = DoubleWeights.of(x, x, 0.8, limits(4));
        assertThat(both.objective()).isCloseTo(0, within(1e-12));
        assertTensor(both.beta()).isCloseTo(both.alpha(), 0, 1e-4);
    }

    @Test
    void ofOneIsKernelMeanMatching() {
        Tensor train = normal(30, 2, 0, 1, 4);
        Tensor deployed = normal(25, 2, 0.5, 1, 5);
        DoubleWeights found = DoubleWeights.of(train, deployed, 0.5, limits(1));
        assertTensor(found.alpha()).isEqualTo(torch.ones_like(found.alpha()));
        Tensor k = Kernel.gram(train, train, 0.5);
        Tensor kappa = Tensors.sum(Kernel.gram(train, deployed, 0.5), false, 1);
        Tensor slope = k.mv(found.beta()).sub(times(kappa, 30 / 25.0));
        assertThat(slope.min().item_double()).isGreaterThan(-1e-6); // of ½ bᵀKb − (n/t) κᵀb, and 0 where b is positive
        assertTensor(slope.mul(found.beta())).isCloseTo(torch.zeros_like(slope), 0, 1e-6);
    }

    @Test
    void withoutEndTrainingRowsAreAllAlike() {
        DoubleWeights found = DoubleWeights.of(normal(20, 2, 0, 1, 6), normal(33, 2, 1, 1, 7), 0.7, limits(INF));
        assertTensor(found.beta()).isEqualTo(torch.ones_like(found.beta()));
        assertThat(found.alpha().numel()).isEqualTo(33);
        assertThat(found.converged()).isTrue();
    }

    @Test
    void theObjectiveFallsAsDGrows() {
        Tensor train = normal(40, 2, 0, 1, 8);
        Tensor deployed = normal(30, 2, 1, 1, 9);
        double before = INF;
        for (double d : DoubleWeighting.grid()) {
            double now = DoubleWeights.of(train, deployed, 0.6, limits(d)).objective();
            assertThat(now).as("D = " + d).isLessThanOrEqualTo(before + 1e-9);
            before = now;
        }
    }

    @Test
    void rowsInAnotherOrderHaveTheSameWeights() {
        Tensor train = normal(24, 2, 0, 1, 10);
        Tensor deployed = normal(20, 2, 0.6, 1, 11);
        Tensor order = torch.randperm(24, Tensors.optional(new Seed(1).generator()), Tensors.options(ScalarType.Long));
        Tensor beta = DoubleWeights.of(train, deployed, 0.5, limits(4)).beta();
        Tensor moved = DoubleWeights.of(train.index_select(0, order), deployed, 0.5, limits(4))
                .beta();
        assertTensor(moved).isCloseTo(beta.index_select(0, order), 1e-5, 1e-5);
        Tensor swapped = DoubleWeights.of(train.flip(1), deployed.flip(1), 0.5, limits(4))
                .beta();
        assertTensor(swapped).isCloseTo(beta, 1e-5, 1e-5);
    }

    @Test
    void allRowsTwiceHaveTheWeightsOfOnce() {
        Tensor train = normal(24, 2, 0, 1, 12);
        Tensor deployed = normal(20, 2, 0.6, 1, 13);
        DoubleWeights once = DoubleWeights.of(train, deployed, 0.5, limits(4));
        DoubleWeights twice = DoubleWeights.of(
                torch.cat(new TensorVector(train, train), 0),
                torch.cat(new TensorVector(deployed, deployed), 0),
                0.5,
                limits(4));
        assertThat(twice.objective()).isCloseTo(once.objective(), within(1e-9));
        assertTensor(Tensors.slice(twice.beta(), 0, 0, 24)).isCloseTo(once.beta(), 1e-4, 1e-4);
        assertTensor(Tensors.slice(twice.beta(), 0, 24, 48)).isCloseTo(once.beta(), 1e-4, 1e-4);
    }

    @ParameterizedTest
    @ValueSource(doubles = {1, 4, Double.POSITIVE_INFINITY})
    void thinFactorsSolveTheSameProgramme(double d) {
        Tensor directions = Kernel.directions(2, 0.7, 40, new Seed(3));
        Tensor train = Kernel.fourier(normal(150, 2, 0, 1, 14), directions);
        Tensor deployed = Kernel.fourier(normal(130, 2, 0.6, 1, 15), directions);
        Tensor all = torch.cat(new TensorVector(train, deployed), 0);
        DoubleWeights thin = DoubleWeights.ofFeatures(all, 150, 130, limits(d));
        DoubleWeights dense = DoubleWeights.ofGram(all.matmul(all.t()), 150, 130, limits(d));
        assertThat(thin.objective()).isCloseTo(dense.objective(), within(1e-9));
        assertThat(thin.gap()).isLessThan(1e-9);
        assertThat(thin.converged()).isTrue();
    }

    /** Both methods on one problem, and on degenerate ones. */
    @ParameterizedTest(name = "{0} + {1} rows, D = {2}, sigma = {3}, B = {4}, repeated {5}")
    @CsvSource({
        "40, 30, 4, 0.6, 1000, false",
        "60, 25, 1.2346, 0.3, 1000, false",
        "30, 60, 100, 1, 1000, false",
        "40, 40, 1, 0.5, 1000, false",
        "40, 40, Infinity, 0.5, 1000, false",
        "30, 30, 4, 0.001, 1000, false",
        "30, 30, 4, 50, 1000, false",
        "40, 30, 4, 0.6, 1, false",
        "40, 30, 1, 0.6, 1, false",
        "40, 30, 1000000, 0.6, 1000, false",
        "40, 30, 1.0001, 0.6, 1000, false",
        "40, 30, 4, 0.6, 1000, true",
        "40, 30, 1, 0.6, 1000, true"
    })
    void bothMethodsFindTheLeast(int n, int t, double d, double sigma, double b, boolean repeated) {
        Tensor train = normal(n, 2, 0, 1, 31);
        Tensor deployed = normal(t, 2, 0.8, 0.7, 32);
        Tensor all = repeated
                ? torch.cat(new TensorVector(train, train, deployed, deployed), 0)
                : torch.cat(new TensorVector(train, deployed), 0);
        int times = repeated ? 2 : 1;
        Tensor gram = Kernel.gram(all, all, sigma);
        var limits = new Limits(d, b, Double.NaN);
        DoubleWeights found = DoubleWeights.ofGram(gram, times * n, times * t, limits);
        DoubleWeights reference = DoubleWeights.byInteriorPoint(gram, times * n, times * t, limits);
        assertThat(found.converged()).as(found + " " + reference).isTrue();
        assertThat(found.objective()).isCloseTo(reference.objective(), within(1e-9));
        assertThat(found.gap()).isLessThan(1e-9);
        assertThat(found.beta().min().item_double()).isGreaterThanOrEqualTo(0);
        assertThat(found.beta().max().item_double()).isLessThanOrEqualTo(Math.max(1, limits.highest() * (1 + 1e-12)));
    }

    @Test
    void theActiveSetIsFoundInFewSteps() {
        Tensor all = torch.cat(new TensorVector(normal(200, 5, 0, 1, 33), normal(150, 5, 0.7, 1, 34)), 0);
        DoubleWeights found = DoubleWeights.ofGram(Kernel.gram(all, all, 1.5), 200, 150, limits(4));
        assertThat(found.steps()).isBetween(2, 20);
        assertThat(found.gap()).isLessThan(1e-12);
        Tensor held = found.beta().eq(Tensors.scalar(0));
        assertThat(held.sum().item_long()).isBetween(20L, 190L);
    }

    @Test
    void whatCannotBeMetIsRefusedWithWhatCould() {
        Tensor x = normal(30, 2, 0, 1, 16);
        assertThatThrownBy(() -> DoubleWeights.of(x, x, 1, new Limits(1.1, 0.2, 0.5)))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("the means of the weights differ by at least 0.76");
        assertThatThrownBy(() -> new Limits(0.5, 1000, Double.NaN)).hasMessageContaining("double_weighting.d: 0.5");
        assertThatThrownBy(() -> new Limits(4, 0, Double.NaN)).hasMessageContaining("double_weighting.b: 0.0");
        assertThatThrownBy(() -> new Limits(4, 10, -1)).hasMessageContaining("double_weighting.epsilon: -1.0");
    }
}
