package org.counterweight.distill.trajectory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.counterweight.distill.Small.MODEL;
import static org.counterweight.testing.TensorAssert.assertTensor;

import java.util.List;
import java.util.Objects;
import java.util.stream.LongStream;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.counterweight.config.ConfigException;
import org.counterweight.distill.FlatModel;
import org.counterweight.distill.OuterStep;
import org.counterweight.distill.Small;
import org.counterweight.distill.SyntheticSet;
import org.counterweight.distill.gradient.MatchingEngine;
import org.counterweight.distill.gradient.Sweep;
import org.counterweight.distill.gradient.Tesla;
import org.counterweight.distill.gradient.Unrolled;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;
import org.counterweight.model.part.Normalization;
import org.counterweight.model.zoo.image.ConvNet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What stands around the gradient. */
class SegmentTest {
    private Scope scope;

    @BeforeEach
    void open() {
        scope = Scope.open();
    }

    @AfterEach
    void close() {
        scope.close();
    }

    @Test
    void aSegmentLiesWithinWhatIsStored() {
        Tensor expert = Small.drawn("expert", 6, MODEL.length());
        Segment segment = Segment.of(expert, 2, 3);
        assertTensor(segment.start()).isEqualTo(expert.select(0, 2));
        assertTensor(segment.way(1)).isEqualTo(expert.select(0, 3));
        assertTensor(segment.way(3)).isEqualTo(expert.select(0, 5));
        assertThatThrownBy(() -> Segment.of(expert, 3, 3))
                .hasMessageContaining("3 epochs from epoch 3 on")
                .hasMessageContaining("the 5 epochs");
        assertThatThrownBy(() -> Segment.of(expert, -1, 3)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void anExpertThatStandsStillIsNeverDividedBy() {
        Tensor start = Small.theta("start");
        var still = new Segment(start, start.unsqueeze(0));
        assertThat(still.isStill()).isTrue();
        var set = new SyntheticSet(Small.images(), Small.labels(), Small.scalar(0.1));
        List<InnerBatch> batches = List.of(InnerBatch.of(Tensors.longs(new long[] {0, 1})));
        for (MatchingEngine engine : new MatchingEngine[] {new Unrolled(), new Sweep(), new Tesla()}) {
            assertThatThrownBy(() -> engine.gradient(Matching.plain(MODEL), set, still, batches))
                    .isInstanceOf(ArithmeticException.class)
                    .hasMessageContaining("skip this segment");
        }
    }

    @Test
    void thetaIsTheWeightsInTheirOrder() {
        Tensor theta = Small.theta("any");
        assertTensor(MODEL.theta(MODEL.weights(theta))).isEqualTo(theta);
        assertThat(MODEL.shapes().keySet())
                .containsExactly(
                        "features.0.weight",
                        "features.0.bias",
                        "features.1.weight",
                        "features.1.bias",
                        "classifier.weight",
                        "classifier.bias");
        assertThatThrownBy(() -> MODEL.weights(Small.drawn("short", 7))).hasMessageContaining("7 numbers");
        var other = new FlatModel(new ConvNet(2, 6, 4, 1, Normalization.INSTANCE, 3));
        assertThatThrownBy(() -> other.theta(MODEL.weights(theta)))
                .hasMessageContaining("features.0.weight is [3, 2, 3, 3], and the model's [4, 2, 3, 3]");
    }

    @Test
    void aModelWithRunningStatisticsIsRefused() {
        assertThatThrownBy(() -> new FlatModel(new ConvNet(2, 6, 3, 1, Normalization.BATCH, 3)))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("features.1 has running statistics");
    }

    @Test
    void theNetworkOfThePapersHasSoManyWeights() {
        assertThat(new FlatModel(new ConvNet(3, 32, 128, 3, Normalization.INSTANCE, 10)).length())
                .isEqualTo(320_010);
    }

    @Test
    void onlyConvolutionsArePerturbed() {
        Tensor theta = Small.theta("start");
        Tensor noise = Small.theta("noise");
        for (Perturbation.Scope of : Perturbation.Scope.values()) {
            Tensor moved = new Perturbation(0.3, of).apply(MODEL, theta, noise);
            var before = MODEL.weights(theta);
            MODEL.weights(moved).forEach((name, weight) -> {
                Tensor old = Objects.requireNonNull(before.get(name));
                if (weight.dim() == 4) {
                    Tensor relative = weight.div(old).sub(torch.ones_like(weight));
                    double norms = of == Perturbation.Scope.TENSOR ? 1 : weight.size(0);
                    assertThat(relative.square().sum().item_double()).isEqualTo(0.09 * norms, within(1e-9));
                } else {
                    assertTensor(weight).isEqualTo(old);
                }
            });
        }
    }

    @Test
    void theBalanceJumpsInTheMiddle() {
        var balance = new Balance(20);
        assertThat(balance.factor(10)).isEqualTo(1.292, within(5e-4));
        assertThat(balance.factor(9)).isEqualTo(0.732, within(5e-4));
        assertThat(new Balance(1).factor(0)).isEqualTo(Math.log(8) / Math.log(5), within(1e-15));
    }

    @Test
    void chunksAreUsedFromTheLastAndEveryImageOnceARound() {
        List<Tensor> rows = InnerBatch.rows(7, 3, 7, new Seed(5));
        assertThat(rows.stream().map(chunk -> chunk.size(0))).containsExactly(1L, 3L, 3L, 1L, 3L, 3L, 1L);
        long[] first = Tensors.toLongs(torch.cat(new TensorVector(rows.get(0), rows.get(1), rows.get(2)), 0));
        assertThat(first).containsExactlyInAnyOrder(LongStream.range(0, 7).toArray());
        long[] second = Tensors.toLongs(torch.cat(new TensorVector(rows.get(3), rows.get(4), rows.get(5)), 0));
        assertThat(second)
                .containsExactlyInAnyOrder(LongStream.range(0, 7).toArray())
                .isNotEqualTo(first);
        assertThat(InnerBatch.rows(7, 100, 2, new Seed(5)))
                .allSatisfy(chunk -> assertThat(chunk.size(0)).isEqualTo(7));
    }

    @Test
    void theRateStaysAboveItsFloor() {
        var state = OuterStep.State.of(Small.images(), Small.scalar(0.01));
        Tensor up = Small.scalar(5);
        var step = new OuterStep(1, 0.1, 0.5, OuterStep.FLOOR);
        assertThat(step.step(state, torch.zeros_like(state.images()), up).rate().item_double())
                .isEqualTo(OuterStep.FLOOR);
        var free = new OuterStep(1, 0.1, 0.5, Double.NEGATIVE_INFINITY);
        assertThat(free.step(state, torch.zeros_like(state.images()), up).rate().item_double())
                .isEqualTo(-0.49, within(1e-15));
    }

    @Test
    void aTeachersLabelsAreProbabilities() {
        Tensor labels = MODEL.probabilities(Small.theta("teacher"), Small.images());
        assertTensor(Tensors.sum(labels, false, 1)).isCloseTo(torch.ones_like(labels.select(1, 0)), 1e-12, 0);
        assertThat(new SyntheticSet(Small.images(), labels, Small.scalar(0.1)).isSoft())
                .isTrue();
    }
}
