package org.counterweight.balance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.bytedeco.pytorch.global.torch.matmul;
import static org.counterweight.engine.Tensors.doubles;
import static org.counterweight.engine.Tensors.longs;
import static org.counterweight.engine.Tensors.options;
import static org.counterweight.engine.Tensors.scalar;
import static org.counterweight.engine.Tensors.sum;
import static org.counterweight.engine.Tensors.toDoubles;
import static org.counterweight.testing.TensorAssert.assertTensor;

import java.util.Arrays;
import java.util.stream.LongStream;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.balance.ClassBalancedLoss.Form;
import org.counterweight.balance.LogitAdjustment.Mode;
import org.counterweight.balance.audit.FeatureFigures;
import org.counterweight.config.ConfigException;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;
import org.counterweight.model.part.LinearHead;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What the papers say must hold of each piece, and the numbers worked by hand. */
class BalancePropertiesTest {
    private final Scope scope = Scope.open();

    @AfterEach
    void close() {
        scope.close();
    }

    /** Labels of rows that belong to each class in turn. */
    private static Tensor inTurn(int rows, int classes) {
        return longs(LongStream.range(0, rows).map(row -> row % classes).toArray());
    }

    private static Tensor normal(long seed, long... shape) {
        return torch.zeros(shape, options(ScalarType.Double))
                .normal_(0, 1, Tensors.optional(new Seed(seed).generator()));
    }

    private static Tensor labels() {
        return longs(new long[] {0, 2, 1, 3, 0, 0});
    }

    @Test
    void classWeightsAreAsWorkedByHand() {
        ClassCounts counts = ClassCounts.of(100, 10, 1);
        assertTensor(counts.effective(0.99)).isCloseTo(doubles(new double[] {63.39676587, 9.5617925, 1}), 1e-8, 0);
        assertTensor(counts.weights(0.99))
                .isCloseTo(doubles(new double[] {0.04223747, 0.28004361, 2.67771892}), 1e-7, 0);
        Tensor z = doubles(new double[] {2, 0.5, -1}, 1, 3).requires_grad_(true);
        Tensor y = longs(new long[] {2});
        Tensor softmax = new ClassBalancedLoss(Form.SOFTMAX, 0.99, 0).perRow(z, y, counts.weights(0.99));
        assertThat(softmax.item_double()).isCloseTo(8.67932058, within(1e-7));
        assertTensor(Tensors.gradients(softmax.mean(), false, z)[0])
                .isCloseTo(doubles(new double[] {2.10360804, 0.4693784, -2.57298644}, 1, 3), 1e-7, 0);
        Tensor binary = new ClassBalancedLoss(Form.SOFTMAX_BCE, 0.99, 0).perRow(z, y, counts.weights(0.99));
        assertThat(binary.item_double()).isCloseTo(4.43959840, within(1e-7));
    }

    @Test
    void classWeightsAddUpAndFallWithRows() {
        ClassCounts counts = ClassCounts.of(500, 90, 90, 7, 1);
        for (double beta : new double[] {0, 0.5, 0.999, 0.9999, 1}) {
            double[] weights = toDoubles(counts.weights(beta));
            assertThat(Arrays.stream(weights).sum()).as("beta %s", beta).isCloseTo(5, within(1e-12));
            for (int c = 1; c < weights.length; c++) {
                assertThat(weights[c]).isGreaterThanOrEqualTo(weights[c - 1]);
            }
        }
        assertThat(toDoubles(counts.weights(0))).containsOnly(1);
        double[] inverse = toDoubles(counts.weights(1));
        assertThat(inverse[0] * 500).isCloseTo(inverse[3] * 7, within(1e-9));
    }

    @Test
    void amongEqualClassesTheLossIsCrossEntropyAndFocalWithoutFocusIsSigmoid() {
        Tensor z = normal(1, 6, 4);
        ClassCounts equal = ClassCounts.of(9, 9, 9, 9);
        Tensor w = equal.weights(0.9999);
        assertTensor(new ClassBalancedLoss(Form.SOFTMAX, 0.9999, 2).perRow(z, labels(), w))
                .isCloseTo(
                        Tensors.logSoftmax(z, 1)
                                .gather(1, labels().unsqueeze(1))
                                .squeeze(1)
                                .neg(),
                        1e-12,
                        0);
        Tensor some = ClassCounts.of(80, 9, 4, 1).weights(0.99);
        assertTensor(new ClassBalancedLoss(Form.FOCAL, 0.99, 0).perRow(z, labels(), some))
                .isCloseTo(
                        new ClassBalancedLoss(Form.SIGMOID, 0.99, 2)
                                .perRow(z, labels(), some)
                                .mul(scalar(4)),
                        1e-12,
                        0);
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void gradientsAreDifferenceQuotientsAndStayFinite(Form form) {
        var loss = new ClassBalancedLoss(form, 0.99, 1.5);
        Tensor weights = ClassCounts.of(80, 9, 4, 1).weights(0.99);
        Tensor z = normal(2, 6, 4).requires_grad_(true);
        Tensor gradient = Tensors.gradients(loss.perRow(z, labels(), weights).mean(), false, z)[0];
        double step = 1e-6;
        for (int c = 0; c < 4; c++) {
            Tensor nudge = torch.zeros_like(z.detach());
            nudge.select(1, c).select(0, 1).fill_(scalar(step));
            double up =
                    loss.perRow(z.detach().add(nudge), labels(), weights).mean().item_double();
            double down =
                    loss.perRow(z.detach().sub(nudge), labels(), weights).mean().item_double();
            assertThat(gradient.select(0, 1).select(0, c).item_double())
                    .isCloseTo((up - down) / (2 * step), within(1e-7));
        }
        Tensor extreme = normal(3, 6, 4).mul(scalar(1e4)).requires_grad_(true);
        Tensor far = loss.perRow(extreme, labels(), weights).mean();
        assertThat(far.isfinite().item_bool()).isTrue();
        assertThat(Tensors.gradients(far, false, extreme)[0].isfinite().all().item_bool())
                .isTrue();
    }

    @Test
    void aSimplexHasUnitRowsAtEqualAngles() {
        Tensor v = SimplexEtf.random(5, 9, new Seed(4).generator()).to(ScalarType.Double);
        Tensor expected = torch.eye(5, options(v)).mul(scalar(5 / 4.0)).sub(scalar(1 / 4.0));
        assertTensor(matmul(v, v.t())).isCloseTo(expected, 1e-5, 1e-6);
        assertTensor(sum(v, false, 0)).isCloseTo(torch.zeros(new long[] {9}, options(v)), 0, 1e-6);
        Tensor worked = SimplexEtf.of(torch.eye(3, options(ScalarType.Double)));
        assertThat(worked.select(0, 0).select(0, 0).item_double()).isCloseTo(0.81649658, within(1e-8));
        assertThat(worked.select(0, 0).select(0, 1).item_double()).isCloseTo(-0.40824829, within(1e-8));
        assertThatThrownBy(() -> SimplexEtf.random(5, 4, new Seed(4).generator()))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("5 classes and 4 features");
    }

    @ParameterizedTest
    @CsvSource({"ADDITIVE, 0.7", "MULTIPLICATIVE, 0.7", "ADDITIVE, 0", "MULTIPLICATIVE, 0"})
    void anAdjustedHeadSaysWhatAdjustedLogitsSay(Mode mode, double tau) {
        var head = new LinearHead(normal(5, 4, 6), normal(6, 4));
        Tensor h = normal(7, 8, 6);
        Tensor prior = ClassCounts.of(100, 20, 5, 2).logPrior();
        var adjustment = new LogitAdjustment(mode, tau);
        assertTensor(adjustment.merged(head, prior).logits(h))
                .isCloseTo(adjustment.afterTraining(head.logits(h), prior), 1e-12, 1e-12);
        if (tau == 0) {
            assertTensor(adjustment.merged(head, prior).weight()).isEqualTo(head.weight());
        }
        Tensor equal = ClassCounts.of(9, 9, 9, 9).logPrior();
        assertTensor(adjustment.afterTraining(head.logits(h), equal).argmax(new LongOptional(1), false))
                .isEqualTo(head.logits(h).argmax(new LongOptional(1), false));
    }

    @Test
    void adjustmentsAreAsWorkedByHand() {
        Tensor prior = ClassCounts.of(100, 10, 1).logPrior();
        Tensor z = doubles(new double[] {2, 1.5, 1}, 1, 3);
        assertTensor(new LogitAdjustment(Mode.MULTIPLICATIVE, 0.5).afterTraining(z, prior))
                .isCloseTo(doubles(new double[] {2.10713075, 4.99749937, 10.53565375}, 1, 3), 1e-8, 0);
        assertTensor(new LogitAdjustment(Mode.ADDITIVE, 1).afterTraining(z, prior))
                .isCloseTo(doubles(new double[] {2.10436002, 3.90694511, 5.70953020}, 1, 3), 1e-8, 0);
    }

    @Test
    void aBallKeepsDirectionsAndNeverLengthens() {
        Tensor w = normal(8, 7, 5);
        MaxNorm ball = MaxNorm.relative(w, 0.3, 2);
        Tensor once = ball.project(w);
        assertTensor(ball.project(once)).isCloseTo(once, 1e-14, 0);
        Tensor norms = RowNorms.of(w, 2);
        Tensor after = RowNorms.of(once, 2);
        assertThat(after.le(norms.add(scalar(1e-12))).all().item_bool()).isTrue();
        assertThat(after.max().item_double()).isCloseTo(ball.radius(), within(1e-12));
        assertTensor(once.div(after)).isCloseTo(w.div(norms), 1e-12, 1e-12);
        assertTensor(MaxNorm.relative(w, 1, 2).project(w)).isCloseTo(w, 1e-14, 0);
        Tensor shortest = RowNorms.of(MaxNorm.relative(w, 0, 2).project(w), 2);
        assertTensor(shortest)
                .isCloseTo(torch.full_like(shortest, scalar(norms.min().item_double())), 1e-12, 0);
        Tensor withZero = w.clone();
        withZero.select(0, 2).zero_();
        assertTensor(ball.project(withZero).select(0, 2)).isEqualTo(withZero.select(0, 2));
    }

    @Test
    void tauNormalisationTakesLengthsOut() {
        Tensor w = normal(9, 4, 5);
        assertTensor(new TauNorm(0, 2, 1, 1).of(w)).isCloseTo(w, 1e-14, 0);
        Tensor unit = RowNorms.of(new TauNorm(1, 2, 1, 1).of(w), 2);
        assertTensor(unit).isCloseTo(torch.ones_like(unit), 1e-12, 0);
        Tensor falling = RowNorms.of(new TauNorm(1, 2, 2, 4).of(w, new long[] {3, 0, 1, 2}), 2);
        assertTensor(falling.squeeze(1)).isCloseTo(doubles(new double[] {0.5, 2, 1.5, 1}), 1e-12, 0);
        w.select(0, 2).zero_();
        assertThatThrownBy(() -> new TauNorm(1, 2, 1, 1).of(w)).hasMessageContaining("row 2 of the head");
    }

    @Test
    void fishersRatioSeesNoAffineMapAndCollapseNoRotation() {
        Tensor h = normal(10, 60, 5);
        Tensor y = inTurn(60, 4);
        var head = new LinearHead(normal(11, 4, 5), normal(12, 4));
        FeatureFigures plain = FeatureFigures.of(h, y, head);
        FeatureFigures mapped = FeatureFigures.of(matmul(h, normal(13, 5, 5)).add(normal(14, 5)), y, head);
        assertThat(mapped.discriminantRatio()).isCloseTo(plain.discriminantRatio(), within(1e-8));
        Tensor q = torch.linalg_qr(normal(15, 5, 5)).get0();
        FeatureFigures turned =
                FeatureFigures.of(matmul(h, q), y, new LinearHead(matmul(head.weight(), q), head.bias()));
        assertThat(turned.collapse().nc1()).isCloseTo(plain.collapse().nc1(), within(1e-8));
        assertThat(turned.collapse().meansEquiangle())
                .isCloseTo(plain.collapse().meansEquiangle(), within(1e-9));
        assertThat(turned.collapse().nc3()).isCloseTo(plain.collapse().nc3(), within(1e-9));
        assertThat(turned.cosines().crossVariance()).isCloseTo(plain.cosines().crossVariance(), within(1e-9));
        FeatureFigures shifted = FeatureFigures.of(h.add(scalar(3)), y, head);
        assertThat(shifted.cosines().crossMean()).isGreaterThan(plain.cosines().crossMean() + 0.1);
    }

    @Test
    void collapsedFeaturesHaveNothingLeft() {
        Tensor simplex = SimplexEtf.of(torch.linalg_qr(normal(16, 6, 4)).get0());
        Tensor y = inTurn(40, 4);
        FeatureFigures figures =
                FeatureFigures.of(simplex.index_select(0, y), y, new LinearHead(simplex.mul(scalar(3)), null));
        assertThat(figures.pseudo()).isTrue();
        assertThat(figures.collapse().nc1()).isCloseTo(0, within(1e-12));
        assertThat(figures.collapse().meansEquinorm()).isCloseTo(0, within(1e-12));
        assertThat(figures.collapse().meansEquiangle()).isCloseTo(0, within(1e-12));
        assertThat(figures.collapse().nc3()).isCloseTo(0, within(1e-12));
        assertThat(figures.collapse().nc4()).isZero();
        assertThat(figures.cosines().sameMean()).isCloseTo(1, within(1e-12));
    }

    @Test
    void aVectorOfZerosHasNoDirectionAndIsCounted() {
        Tensor h = normal(17, 12, 3);
        h.select(0, 5).zero_();
        Tensor y = inTurn(12, 3);
        FeatureFigures figures = FeatureFigures.of(h, y, new LinearHead(normal(18, 3, 3), null));
        assertThat(figures.cosines().zeros()).isEqualTo(1);
        assertThat(figures.cosines().sameMean()).isBetween(-1.0, 1.0);
        assertThat(figures.hoyer()).isBetween(0.0, 1.0);
    }

    @Test
    void longTailsAreAsWorkedByHand() {
        var tail = new LongTail(0.1, LongTail.Shape.EXP, LongTail.Rounding.ROUND, 100);
        assertThat(tail.counts(2000, 4)).containsExactly(400, 186, 86, 40);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "100 | imbalance: 100.0 is not allowed; expected a number in (0, 1] (a factor of 100 is 0.01)",
                "0 | imbalance: 0.0 is not allowed; expected a number in (0, 1] (a factor of 100 is 0.01)"
            })
    void anImbalanceIsAShare(double imbalance, String said) {
        assertThatThrownBy(() -> new LongTail(imbalance, LongTail.Shape.EXP, LongTail.Rounding.FLOOR, 0))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining(said);
    }

    @Test
    void whatHasNoRowsIsNamed() {
        var tail = new LongTail(0.0001, LongTail.Shape.EXP, LongTail.Rounding.FLOOR, 0);
        assertThatThrownBy(() -> tail.counts(40, 4)).hasMessageContaining("class 1 would keep 0 rows");
        assertThatThrownBy(() -> ClassCounts.of(3, 0, 2)).hasMessageContaining("class 1 has no training samples");
        assertThatThrownBy(() -> new LongTail(1, LongTail.Shape.NONE, LongTail.Rounding.FLOOR, 2)
                        .of(new long[] {0, 0, 0, 0, 0, 0, 0, 1}, 2))
                .hasMessageContaining("class 1 has 1 rows");
    }

    @Test
    void aRareClassWinsWhatItsBoundaryGives() {
        OneVsOne moved = OneVsOne.of(ClassCounts.of(100, 1), 1, null);
        assertThat(moved.largestAngle()).isGreaterThan(Math.PI / 2);
        OneVsOne even = OneVsOne.of(ClassCounts.of(7, 7, 7), 1, null);
        Tensor z = normal(19, 5, 3).abs();
        assertTensor(even.scores(z).argmax(new LongOptional(1), false)).isEqualTo(z.argmax(new LongOptional(1), false));
    }
}
