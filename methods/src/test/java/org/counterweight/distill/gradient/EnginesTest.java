package org.counterweight.distill.gradient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.counterweight.distill.Small.MODEL;
import static org.counterweight.distill.Small.far;
import static org.counterweight.testing.TensorAssert.assertTensor;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.distill.Small;
import org.counterweight.distill.SyntheticSet;
import org.counterweight.distill.siamese.Siamese;
import org.counterweight.distill.trajectory.InnerBatch;
import org.counterweight.distill.trajectory.IntermediateEpochs;
import org.counterweight.distill.trajectory.Matching;
import org.counterweight.distill.trajectory.Perturbation;
import org.counterweight.distill.trajectory.Segment;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Three ways to one gradient; sections 2.5 and 5 of the method. */
class EnginesTest {
    private static final Matching PLAIN = Matching.plain(MODEL);

    private Scope scope;

    @BeforeEach
    void open() {
        scope = Scope.open();
    }

    @AfterEach
    void close() {
        scope.close();
    }

    private static SyntheticSet set(double rate) {
        return new SyntheticSet(Small.images(), Small.labels(), Small.scalar(rate));
    }

    private static SyntheticSet soft(double rate) {
        return new SyntheticSet(
                Small.images(),
                Tensors.softmax(Small.drawn("labels", Small.shape()[0], Small.CLASSES), 1),
                Small.scalar(rate));
    }

    private static Segment segment(int epochs) {
        return new Segment(
                Small.theta("start"),
                torch.stack(
                        new TensorVector(IntStream.range(0, epochs)
                                .mapToObj(i -> Small.theta("way " + i))
                                .toArray(Tensor[]::new)),
                        0));
    }

    private static List<InnerBatch> whole(int steps) {
        var batches = new ArrayList<InnerBatch>();
        for (Tensor rows : InnerBatch.rows((int) Small.shape()[0], 100, steps, new Seed(1))) {
            batches.add(InnerBatch.of(rows));
        }
        return batches;
    }

    private static List<InnerBatch> augmented(int steps) {
        Siamese siamese = Siamese.of("color_crop_cutout_flip_scale_rotate");
        var batches = new ArrayList<InnerBatch>();
        for (Tensor rows : InnerBatch.rows((int) Small.shape()[0], 4, steps, new Seed(2))) {
            long[] shape = Small.shape();
            shape[0] = rows.size(0);
            batches.add(
                    new InnerBatch(rows, siamese.draw(shape, Siamese.Sharing.EACH, new Seed(3).child(batches.size()))));
        }
        return batches;
    }

    private static void same(MatchingGradient found, MatchingGradient wanted, double error) {
        assertThat(far(found.losses().total(), wanted.losses().total())).isLessThan(error);
        assertThat(far(found.end(), wanted.end())).isLessThan(error);
        assertThat(far(found.images(), wanted.images())).isLessThan(error);
        assertThat(far(found.rate(), wanted.rate())).isLessThan(error);
        assertThat(found.losses().middle()).hasSameSizeAs(wanted.losses().middle());
        if (wanted.labels() != null) {
            assertThat(far(Objects.requireNonNull(found.labels()), Objects.requireNonNull(wanted.labels())))
                    .isLessThan(error);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "1, 0, NONE, 1, false",
        "5, 0, NONE, 2, false",
        "7, 0.9, AGG, 3, false",
        "6, 0.5, ADAPTIVE, 4, true",
        "2, 0.9, AGG, 4, true",
        "4, 0, ADAPTIVE, 2, true"
    })
    void theSweepIsTheUnrolledGradient(
            int steps, double momentum, IntermediateEpochs middle, int epochs, boolean isSoft) {
        var matching = new Matching(MODEL, momentum, 1.3, middle);
        SyntheticSet set = isSoft ? soft(0.1) : set(0.1);
        Segment segment = segment(epochs);
        same(
                new Sweep().gradient(matching, set, segment, augmented(steps)),
                new Unrolled().gradient(matching, set, segment, augmented(steps)),
                1e-10);
    }

    @Test
    void inSinglePrecisionTheyAgreeToo() {
        var matching = new Matching(MODEL, 0.9, 1, IntermediateEpochs.AGG);
        Segment wide = segment(3);
        var segment = new Segment(wide.start().to(ScalarType.Float), wide.ways().to(ScalarType.Float));
        var set = new SyntheticSet(
                Small.images().to(ScalarType.Float),
                Small.labels(),
                Small.scalar(0.05).to(ScalarType.Float));
        same(
                new Sweep().gradient(matching, set, segment, whole(8)),
                new Unrolled().gradient(matching, set, segment, whole(8)),
                1e-4);
    }

    @Test
    void teslaIsExactInOneStep() {
        same(
                new Tesla().gradient(PLAIN, soft(0.3), segment(1), augmented(1)),
                new Sweep().gradient(PLAIN, soft(0.3), segment(1), augmented(1)),
                1e-10);
    }

    @Test
    void teslaMissesMoreTheLargerTheRate() {
        double far = missOfTesla(0.1);
        double near = missOfTesla(0.01);
        double nearest = missOfTesla(0.001);
        assertThat(far).isGreaterThan(1e-3);
        assertThat(near / nearest).isBetween(5.0, 20.0); // O(η)
        assertThat(near).isLessThan(far / 3);
    }

    private static double missOfTesla(double rate) {
        return far(
                new Tesla().gradient(PLAIN, set(rate), segment(1), whole(6)).images(),
                new Sweep().gradient(PLAIN, set(rate), segment(1), whole(6)).images());
    }

    @Test
    void teslaTakesNoMomentumAndNoMiddle() {
        assertThatThrownBy(() -> new Tesla()
                        .gradient(new Matching(MODEL, 0.9, 1, IntermediateEpochs.NONE), set(0.1), segment(1), whole(1)))
                .hasMessageContaining("inner momentum (0.9)");
        assertThatThrownBy(() -> new Tesla()
                        .gradient(new Matching(MODEL, 0, 1, IntermediateEpochs.AGG), set(0.1), segment(2), whole(1)))
                .hasMessageContaining("AGG");
    }

    @Test
    void whereTheTargetIsReachedNothingPulls() {
        Tensor end = new Sweep().gradient(PLAIN, set(0.1), segment(1), whole(4)).end();
        var segment = new Segment(Small.theta("start"), end.unsqueeze(0));
        for (MatchingEngine engine : new MatchingEngine[] {new Unrolled(), new Sweep(), new Tesla()}) {
            MatchingGradient found = engine.gradient(PLAIN, set(0.1), segment, whole(4));
            assertThat(found.losses().total().item_double()).isLessThan(1e-28);
            assertThat(found.images().abs().max().item_double()).isLessThan(1e-13);
            assertThat(found.rate().abs().item_double()).isLessThan(1e-12);
        }
    }

    @Test
    void withoutRateNothingMoves() {
        for (MatchingEngine engine : new MatchingEngine[] {new Unrolled(), new Sweep(), new Tesla()}) {
            MatchingGradient found = engine.gradient(PLAIN, set(0), segment(1), whole(4));
            assertThat(found.losses().total().item_double()).isEqualTo(1, within(1e-14));
            assertThat(found.images().abs().max().item_double()).isZero();
            assertThat(found.rate().abs().item_double()).isPositive();
            assertThat(found.isFinite()).isTrue();
        }
    }

    @Test
    void theOrderOfImagesIsOfNoAccount() {
        Tensor order = Tensors.longs(new long[] {5, 4, 0, 1, 3, 2});
        SyntheticSet set = set(0.2);
        var shuffled = new SyntheticSet(
                set.images().index_select(0, order), set.labels().index_select(0, order), set.rate());
        MatchingGradient found = new Sweep().gradient(PLAIN, shuffled, segment(1), whole(3));
        MatchingGradient wanted = new Sweep().gradient(PLAIN, set, segment(1), whole(3));
        assertThat(far(found.losses().total(), wanted.losses().total())).isLessThan(1e-12);
        assertThat(far(found.images(), wanted.images().index_select(0, order))).isLessThan(1e-10);
    }

    @Test
    void twiceTheSameImagesLeadToTheSameEnd() {
        SyntheticSet set = set(0.2);
        var twice = new SyntheticSet(
                torch.cat(new TensorVector(set.images(), set.images()), 0),
                torch.cat(new TensorVector(set.labels(), set.labels()), 0),
                set.rate());
        Tensor all = Tensors.longs(new long[] {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11});
        MatchingGradient found = new Sweep()
                .gradient(
                        PLAIN, twice, segment(1), List.of(InnerBatch.of(all), InnerBatch.of(all), InnerBatch.of(all)));
        assertThat(far(
                        found.end(),
                        new Sweep().gradient(PLAIN, set, segment(1), whole(3)).end()))
                .isLessThan(1e-13);
    }

    @Test
    void withoutItsAdditionsAstIsMtt() {
        Tensor start =
                new Perturbation(0, Perturbation.Scope.TENSOR).apply(MODEL, Small.theta("start"), Small.theta("noise"));
        MatchingGradient wanted = new Sweep().gradient(PLAIN, set(0.1), segment(1), whole(4));
        for (IntermediateEpochs middle : IntermediateEpochs.values()) {
            MatchingGradient found = new Sweep()
                    .gradient(
                            new Matching(MODEL, 0, 1, middle),
                            set(0.1),
                            segment(1).from(start),
                            whole(4));
            assertTensor(found.images()).isEqualTo(wanted.images());
            assertTensor(found.rate()).isEqualTo(wanted.rate());
            assertTensor(found.losses().total()).isEqualTo(wanted.losses().total());
        }
    }

    @Test
    void aFactorOfTheLossIsOneOfTheRate() {
        MatchingGradient found = new Sweep()
                .gradient(new Matching(MODEL, 0.9, 1.7, IntermediateEpochs.AGG), set(0.1), segment(2), whole(4));
        MatchingGradient wanted = new Sweep()
                .gradient(new Matching(MODEL, 0.9, 1, IntermediateEpochs.AGG), set(0.17), segment(2), whole(4));
        assertThat(far(found.end(), wanted.end())).isLessThan(1e-12);
        assertThat(far(found.images(), wanted.images())).isLessThan(1e-10);
        assertThat(far(found.rate(), Tensors.times(wanted.rate(), 1.7))).isLessThan(1e-10);
    }

    @Test
    void differencesAgree() {
        var matching = new Matching(MODEL, 0.9, 0.8, IntermediateEpochs.ADAPTIVE);
        MatchingGradient found = new Sweep().gradient(matching, set(0.1), segment(2), augmented(4));
        Tensor direction = Small.drawn("direction", Small.shape());
        double h = 1e-6;
        SyntheticSet set = set(0.1);
        double along =
                (loss(matching, new SyntheticSet(Tensors.add(set.images(), direction, h), set.labels(), set.rate()))
                                - loss(
                                        matching,
                                        new SyntheticSet(
                                                Tensors.add(set.images(), direction, -h), set.labels(), set.rate())))
                        / (2 * h);
        double wanted = found.images().mul(direction).sum().item_double();
        assertThat(along).isEqualTo(wanted, within(1e-5 * Math.abs(wanted)));
        double ofRate = (loss(matching, set(0.1 + h)) - loss(matching, set(0.1 - h))) / (2 * h);
        assertThat(ofRate).isEqualTo(found.rate().item_double(), within(1e-5 * Math.abs(ofRate)));
    }

    private static double loss(Matching matching, SyntheticSet set) {
        return new Unrolled()
                .gradient(matching, set, segment(2), augmented(4))
                .losses()
                .total()
                .item_double();
    }

    @Test
    void theSameDrawsGiveTheSameNumbers() {
        assertTensor(new Sweep()
                        .gradient(PLAIN, set(0.1), segment(1), augmented(5))
                        .images())
                .isEqualTo(new Sweep()
                        .gradient(PLAIN, set(0.1), segment(1), augmented(5))
                        .images());
    }

    @Test
    void imagesThatNoStepReadHaveNoGradient() {
        List<InnerBatch> batches = List.of(InnerBatch.of(Tensors.longs(new long[] {0, 3, 0})));
        MatchingGradient found = new Sweep().gradient(PLAIN, set(0.1), segment(1), batches);
        same(found, new Unrolled().gradient(PLAIN, set(0.1), segment(1), batches), 1e-10); // 0 counts twice
        assertThat(found.images().select(0, 5).abs().max().item_double()).isZero();
        assertThat(found.images().select(0, 3).abs().max().item_double()).isPositive();
    }
}
