package org.counterweight.incremental;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.counterweight.engine.Tensors.doubles;
import static org.counterweight.engine.Tensors.longs;
import static org.counterweight.engine.Tensors.options;
import static org.counterweight.engine.Tensors.scalar;
import static org.counterweight.engine.Tensors.slice;
import static org.counterweight.testing.TensorAssert.assertTensor;

import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.stream.LongStream;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.balance.RowNorms;
import org.counterweight.config.ConfigException;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;
import org.counterweight.incremental.run.GrowthStep;
import org.counterweight.model.part.LinearHead;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the paper says must hold of each piece, and the numbers worked by hand. */
class IncrementalPropertiesTest {
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

    @Test
    void rowsAreAlignedAsWorkedByHand() {
        Tensor w = doubles(new double[] {1, 0, 0, 3, 4, 0, 0, 6}, 4, 2);
        WeightAligning.Aligned aligned = new WeightAligning(2, false, false).align(new LinearHead(w, null), 2);
        assertThat(aligned.gamma()).isCloseTo(0.4, within(1e-12));
        assertTensor(RowNorms.of(aligned.head().weight(), 2).squeeze(1))
                .isCloseTo(doubles(new double[] {1, 3, 1.6, 2.4}), 1e-12, 0);
    }

    @ParameterizedTest
    @ValueSource(doubles = {1, 2})
    void aSecondAlignmentFindsNothingToDo(double p) {
        var head = new LinearHead(normal(1, 7, 5), normal(2, 7));
        var aligning = new WeightAligning(p, false, false);
        WeightAligning.Aligned once = aligning.align(head, 4);
        assertThat(aligning.align(once.head(), 4).gamma()).isCloseTo(1, within(1e-12));
        assertTensor(slice(once.head().weight(), 0, 0, 4)).isEqualTo(slice(head.weight(), 0, 0, 4));
        assertTensor(Objects.requireNonNull(once.head().bias())).isEqualTo(Objects.requireNonNull(head.bias()));
        assertThat(aligning.align(head.with(head.weight().mul(scalar(3))), 4).gamma())
                .isCloseTo(once.gamma(), within(1e-12)); // a common scale
        Tensor undone = slice(once.head().weight(), 0, 4, 7).div(scalar(once.gamma()));
        assertTensor(undone).isCloseTo(slice(head.weight(), 0, 4, 7), 1e-12, 1e-14);
    }

    @Test
    void decisionsWithinAGroupStay() {
        var head = new LinearHead(normal(3, 7, 5), null);
        Tensor h = normal(4, 30, 5);
        LinearHead aligned = new WeightAligning(2, true, false)
                .align(head.with(scaledNew(head.weight())), 4)
                .head();
        Tensor before = head.with(scaledNew(head.weight())).logits(h);
        Tensor after = aligned.logits(h);
        for (long[] group : new long[][] {{0, 4}, {4, 7}}) {
            assertTensor(slice(after, 1, group[0], group[1]).argmax(new LongOptional(1), false))
                    .isEqualTo(slice(before, 1, group[0], group[1]).argmax(new LongOptional(1), false));
        }
    }

    private static Tensor scaledNew(Tensor weight) {
        Tensor copy = weight.clone();
        slice(copy, 0, 4, 7).mul_(scalar(3));
        return copy;
    }

    @Test
    void aClampedGammaNeverLengthens() {
        Tensor w = normal(5, 6, 4);
        slice(w, 0, 4, 6).mul_(scalar(0.01));
        WeightAligning.Aligned aligned = new WeightAligning(2, true, false).align(new LinearHead(w, null), 4);
        assertThat(aligned.gamma()).isEqualTo(1);
        assertThat(aligned.unclamped()).isGreaterThan(10);
        assertTensor(aligned.head().weight()).isEqualTo(w);
    }

    @Test
    void whatCannotBeAlignedIsSaid() {
        var aligning = new WeightAligning(2, true, false);
        var head = new LinearHead(normal(6, 4, 3), null);
        assertThatThrownBy(() -> aligning.align(head, 0)).hasMessageContaining("nothing to align against");
        assertThatThrownBy(() -> aligning.align(head, 4)).hasMessageContaining("nothing to align against");
        slice(head.weight(), 0, 2, 4).zero_();
        assertThatThrownBy(() -> aligning.align(head, 2)).hasMessageContaining("lower train.lr");
        head.weight().select(0, 1).fill_(scalar(Double.NaN));
        assertThatThrownBy(() -> aligning.align(head, 2)).hasMessageContaining("row 1 of the head");
    }

    @Test
    void distillationIsAsWorkedByHand() {
        Tensor z = doubles(new double[] {0.5, 0.5}, 1, 2).requires_grad_(true);
        Tensor old = doubles(new double[] {1, 0}, 1, 2);
        var loss = new IncrementalLoss(IncrementalLoss.Method.ICARL, 2, 2, 0);
        Tensor kd = loss.terms(z, longs(new long[] {0}), old).kd();
        assertThat(kd.item_double()).isCloseTo(0.69314718, within(1e-8));
        assertTensor(Tensors.gradients(kd.sum(), false, z)[0])
                .isCloseTo(doubles(new double[] {-0.06122967, 0.06122967}, 1, 2), 1e-7, 0);
    }

    @ParameterizedTest
    @EnumSource(IncrementalLoss.Method.class)
    void atTheFirstTaskThereIsNothingToDistil(IncrementalLoss.Method method) {
        Tensor z = normal(7, 5, 4);
        Tensor y = longs(new long[] {0, 1, 2, 3, 0});
        IncrementalLoss.Terms terms = new IncrementalLoss(method, 0, 2, 3).terms(z, y, null);
        assertThat(terms.lambda()).isZero();
        assertTensor(terms.total()).isEqualTo(terms.ce());
        if (method != IncrementalLoss.Method.ICARL_BCE) {
            assertTensor(terms.ce())
                    .isCloseTo(
                            Tensors.logSoftmax(z, 1)
                                    .gather(1, y.unsqueeze(1))
                                    .squeeze(1)
                                    .neg(),
                            1e-12,
                            0);
        }
    }

    @Test
    void theShareOfTheOldModelIsThatOfItsClassesAndReachesNoNewColumn() {
        Tensor z = normal(8, 5, 9).requires_grad_(true);
        Tensor old = normal(9, 5, 6);
        var loss = new IncrementalLoss(IncrementalLoss.Method.WA, 6, 2, 0);
        IncrementalLoss.Terms terms = loss.terms(z, longs(new long[] {0, 8, 7, 3, 6}), old);
        assertThat(terms.lambda()).isCloseTo(2 / 3.0, within(1e-15));
        Tensor gradient = Tensors.gradients(terms.kd().sum(), false, z)[0];
        assertThat(slice(gradient, 1, 6, 9).abs().max().item_double()).isZero();
        Tensor agreed = old.clone().requires_grad_(true);
        Tensor same = new IncrementalLoss(IncrementalLoss.Method.ICARL, 6, 2, 0)
                .terms(agreed, longs(new long[] {0, 1, 2, 3, 4}), old)
                .kd();
        assertThat(Tensors.gradients(same.sum(), false, agreed)[0].abs().max().item_double())
                .isCloseTo(0, within(1e-12));
        Tensor p = torch.softmax(old.div(scalar(2)), 1);
        assertTensor(same.detach())
                .isCloseTo(Tensors.sum(p.mul(p.log()), false, 1).neg(), 1e-12, 0);
    }

    @ParameterizedTest
    @EnumSource(Herding.class)
    void fewerPicksAreABeginningOfMore(Herding herding) {
        Tensor features = normal(10, 25, 6).abs();
        int[] all = herding.pick(features, 25, new Seed(3), Herding.EPS);
        assertThat(Arrays.stream(all).distinct().count()).isEqualTo(25);
        for (int q : new int[] {1, 5, 11}) {
            int[] some = herding.pick(features, q, new Seed(3), Herding.EPS);
            if (herding != Herding.RESIDUAL || q < 11) { // rounds end at 10 q, and then come the nearest
                assertThat(some).isEqualTo(Arrays.copyOf(all, q));
            }
        }
        assertThat(herding.pick(features, 99, new Seed(3), Herding.EPS)).hasSize(25);
    }

    @Test
    void herdedRowsStandForTheirClassBetterThanAny() {
        Tensor features = normal(11, 25, 6).abs();
        Tensor mean = NearestMean.mean(features, Herding.EPS);
        double herded = distance(features, Herding.MEAN_GREEDY.pick(features, 11, new Seed(1), Herding.EPS), mean);
        double random = 0;
        for (int i = 0; i < 20; i++) {
            random += distance(features, Herding.RANDOM.pick(features, 11, new Seed(i), Herding.EPS), mean) / 20;
        }
        assertThat(herded).isLessThan(random);
    }

    private static double distance(Tensor features, int[] rows, Tensor mean) {
        Tensor some = features.index_select(
                0, longs(Arrays.stream(rows).asLongStream().toArray()));
        return NearestMean.mean(some, Herding.EPS).sub(mean).norm().item_double();
    }

    @Test
    void aPlainHeadAnswersAsTheNearestMean() {
        Tensor a = normal(12, 6, 5).abs();
        Tensor b = normal(13, 4, 5).abs();
        Tensor means = torch.stack(new org.bytedeco.pytorch.TensorVector(
                NearestMean.ofExemplars(a, Herding.EPS), NearestMean.ofExemplars(b, Herding.EPS)));
        Tensor h = normal(14, 50, 5).abs();
        LinearHead head = GrowthStep.nearestMean(
                Map.of(0, a, 1, b), new LinearHead(torch.zeros_like(means), torch.zeros_like(means.select(1, 0))));
        assertTensor(head.logits(h).argmax(new LongOptional(1), false))
                .isEqualTo(new NearestMean(means).classes(h, Herding.EPS));
    }

    @Test
    void aCorrectedHeadSaysTheCorrectedLogits() {
        Tensor h = normal(15, 40, 5);
        var head = new LinearHead(normal(16, 6, 5), normal(17, 6));
        Tensor y = inTurn(40, 6);
        BiasCorrection found = BiasCorrection.fit(new BiasCorrection.Fit(0.05, 0.9, 0, 60), head.logits(h), y, 4);
        assertThat(found.loss()[59]).isLessThan(found.loss()[0]);
        assertTensor(found.into(head).logits(h)).isCloseTo(found.of(head.logits(h)), 1e-12, 1e-12);
    }

    @Test
    void quotasShrinkAsWorkedByHandAndAreNeverNothing() {
        var quota = new Quota(20, null);
        assertThat(new int[] {quota.of(3), quota.of(5), quota.of(7)}).containsExactly(6, 4, 2);
        assertThat(new Quota(20, 9).of(70)).isEqualTo(9);
        assertThatThrownBy(() -> quota.of(21))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("20 rows are not one for each of 21 classes");
    }
}
