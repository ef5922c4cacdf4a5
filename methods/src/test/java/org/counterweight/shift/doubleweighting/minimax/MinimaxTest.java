package org.counterweight.shift.doubleweighting.minimax;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.counterweight.engine.Tensors.plus;
import static org.counterweight.engine.Tensors.scalar;
import static org.counterweight.engine.Tensors.times;
import static org.counterweight.testing.TensorAssert.assertTensor;

import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;
import org.counterweight.shift.ShiftException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What minimax classifiers must have: duality, the bounds of their risk, their probabilities. */
class MinimaxTest {
    private Scope scope;

    @BeforeEach
    void open() {
        scope = Scope.open();
    }

    @AfterEach
    void close() {
        scope.close();
    }

    private static Tensor normal(Seed seed, long... shape) {
        return torch.zeros(shape, Tensors.options(ScalarType.Double)).normal_(0, 1, Tensors.optional(seed.generator()));
    }

    /** A risk whose uncertainty set holds at least one distribution. */
    private static MinimaxRisk risk(MinimaxLoss loss, int rows, int labels, int width, double confidence, long seed) {
        Seed own = new Seed(seed);
        Tensor phi = normal(own.child("phi"), rows, labels, width);
        Tensor p = distribution(phi, own.child("p"));
        Tensor tau = new LabelRows(phi).back(p);
        Tensor lambda = torch.full(new long[] {width}, scalar(confidence), Tensors.options(ScalarType.Double));
        return new MinimaxRisk(loss, phi, tau, lambda, null);
    }

    /** Some probabilities of the labels of each row, divided by the number of rows. */
    private static Tensor distribution(Tensor phi, Seed seed) {
        Tensor logits = normal(seed, phi.size(0), phi.size(1));
        return times(Tensors.softmax(times(logits, 3), 1), 1.0 / phi.size(0));
    }

    /** What a classifier that knew p would lose. */
    private static double entropy(MinimaxLoss loss, Tensor p) {
        double rows = p.size(0);
        Tensor conditional = times(p, rows);
        return loss == MinimaxLoss.ZERO_ONE
                ? 1 - conditional.amax(new long[] {1}, false).mean().item_double()
                : -torch.xlogy(conditional, conditional).sum().item_double() / rows;
    }

    @ParameterizedTest(name = "{0}, {1} labels, seed {2}")
    @CsvSource({"ZERO_ONE, 2, 1", "ZERO_ONE, 3, 2", "ZERO_ONE, 6, 3", "ZERO_ONE, 20, 4", "LOG, 2, 5", "LOG, 4, 6"})
    void noDistributionOfTheSetIsWorseThanTheGuarantee(MinimaxLoss loss, int labels, long seed) {
        MinimaxRisk risk = risk(loss, 30, labels, 5, 0.02, seed);
        MinimaxClassifier found = MinimaxClassifier.learn(risk);
        assertThat(found.converged()).isTrue();
        assertThat(found.gap()).isLessThan(1e-6);
        assertThat(found.value()).isBetween(0.0, loss.highest(labels));
        Tensor p = distribution(risk.phi(), new Seed(seed).child("p"));
        assertThat(entropy(loss, p)).isLessThanOrEqualTo(found.value() + 1e-9);
        Tensor h = risk.probabilities(found.mu());
        assertTensor(Tensors.sum(h, false, 1)).isCloseTo(torch.ones_like(h.select(1, 0)), 0, 1e-12);
        assertThat(h.min().item_double()).isGreaterThanOrEqualTo(0);
        for (int i = 0; i < 20; i++) { // no other μ is better
            Tensor other = found.mu().add(times(normal(new Seed(seed).child(i), 5), i % 2 == 0 ? 0.01 : 1));
            assertThat(risk.value(other)).isGreaterThanOrEqualTo(found.value() - 1e-6);
        }
    }

    @ParameterizedTest
    @EnumSource(MinimaxLoss.class)
    void withoutConfidenceNothingIsLearnt(MinimaxLoss loss) {
        MinimaxRisk risk = risk(loss, 25, 3, 4, 5, 7);
        MinimaxClassifier found = MinimaxClassifier.learn(risk);
        assertThat(found.value()).isCloseTo(loss.highest(3), within(1e-8));
        assertThat(risk.value(torch.zeros_like(found.mu()))).isCloseTo(loss.highest(3), within(1e-12));
        assertTensor(found.mu()).isCloseTo(torch.zeros_like(found.mu()), 0, 1e-6);
    }

    @ParameterizedTest
    @EnumSource(MinimaxLoss.class)
    void theGuaranteeGrowsWithTheConfidenceVector(MinimaxLoss loss) {
        double before = 0;
        for (double confidence : new double[] {0, 1e-6, 0.01, 0.05, 0.2}) {
            double now =
                    MinimaxClassifier.learn(risk(loss, 30, 2, 4, confidence, 8)).value();
            assertThat(now).as("lambda " + confidence).isGreaterThanOrEqualTo(before - 1e-8);
            before = now;
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void thePrefixIsTheBestOfAllSetsOfLabels(long seed) {
        Tensor scores = times(normal(new Seed(seed), 12, 5), 2);
        double[] values = Tensors.toDoubles(scores);
        double[] psi = Tensors.toDoubles(MinimaxLoss.ZERO_ONE.psi(scores));
        for (int row = 0; row < 12; row++) {
            double best = Double.NEGATIVE_INFINITY;
            for (int set = 1; set < 32; set++) {
                double sum = -1;
                for (int y = 0; y < 5; y++) {
                    sum += (set >> y & 1) * values[5 * row + y];
                }
                best = Math.max(best, 1 + sum / Integer.bitCount(set));
            }
            assertThat(psi[row]).isCloseTo(best, within(1e-12));
        }
    }

    @ParameterizedTest
    @EnumSource(MinimaxLoss.class)
    void theExpectedLossOfAnyClassifierIsWithinItsBound(MinimaxLoss loss) {
        MinimaxRisk risk = risk(loss, 40, 3, 5, 0.03, 9);
        for (int i = 0; i < 10; i++) {
            Tensor mu = normal(new Seed(9).child(i), 5);
            Tensor y = torch.zeros(new long[] {40}, Tensors.options(ScalarType.Long))
                    .random_(0, new LongOptional(3), Tensors.optional(new Seed(10 + i).generator()));
            assertThat(risk.expectedLoss(mu, y)).isLessThanOrEqualTo(risk.bound(mu, y) + 1e-12);
        }
    }

    @Test
    void theGradientIsTheDifferenceQuotient() {
        MinimaxRisk risk = risk(MinimaxLoss.LOG, 20, 3, 4, 0.03, 11);
        Tensor mu = normal(new Seed(12), 4);
        double[] gradient = Tensors.toDoubles(risk.gradient(mu));
        for (int k = 0; k < 4; k++) {
            Tensor step = torch.zeros_like(mu);
            step.select(0, k).fill_(scalar(1e-6));
            double quotient = (risk.value(mu.add(step)) - risk.value(mu.sub(step))) / 2e-6;
            assertThat(gradient[k]).isCloseTo(quotient, within(1e-7));
        }
    }

    @Test
    void rowsWithoutWeightAreAsIfTheyWereNotThere() {
        MinimaxRisk risk = risk(MinimaxLoss.ZERO_ONE, 30, 2, 4, 0.05, 13);
        Tensor weight = torch.ones(new long[] {30}, Tensors.options(ScalarType.Double));
        Tensors.slice(weight, 0, 20, 30).zero_();
        MinimaxClassifier some = MinimaxClassifier.learn(
                new MinimaxRisk(risk.loss(), risk.phi(), times(risk.tau(), 0.5), risk.lambda(), weight));
        MinimaxClassifier fewer = MinimaxClassifier.learn(new MinimaxRisk(
                risk.loss(),
                Tensors.slice(risk.phi(), 0, 0, 20),
                times(risk.tau(), 0.75),
                times(risk.lambda(), 1.5),
                null));
        assertThat(some.value()).isCloseTo(fewer.value() * 2 / 3, within(1e-7));
    }

    @Test
    void anEmptySetIsSaid() {
        MinimaxRisk risk = risk(MinimaxLoss.ZERO_ONE, 20, 2, 3, 0.01, 14);
        Tensor far = plus(risk.tau(), 100);
        assertThatThrownBy(() ->
                        MinimaxClassifier.learn(new MinimaxRisk(risk.loss(), risk.phi(), far, risk.lambda(), null)))
                .isInstanceOf(ShiftException.class)
                .hasMessageContaining("the uncertainty set is empty")
                .hasMessageContaining("raise lambda");
    }

    @Test
    void theConfidenceVectorLetsSomeDistributionIn() {
        Seed own = new Seed(15);
        Tensor phi = normal(own, 25, 3, 6);
        Tensor tau = times(normal(own.child("tau"), 6), 2);
        Expectations found = Expectations.around(tau, phi, 1e-6);
        assertThat(found.converged()).isTrue();
        assertThat(found.gap()).isBetween(-1e-9, 1e-6);
        var risk = new MinimaxRisk(MinimaxLoss.ZERO_ONE, phi, tau, found.lambda(), null);
        assertThat(MinimaxClassifier.learn(risk).value()).isBetween(0.0, 2.0 / 3);
    }
}
