package org.counterweight.reweigh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.counterweight.engine.Tensors.doubles;
import static org.counterweight.engine.Tensors.longs;
import static org.counterweight.engine.Tensors.toDoubles;
import static org.counterweight.testing.TensorAssert.assertTensor;

import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.counterweight.config.ConfigException;
import org.counterweight.engine.Scope;
import org.counterweight.model.Batch;
import org.counterweight.reweigh.group.DoReMi;
import org.counterweight.reweigh.group.DoReMiConfig;
import org.counterweight.reweigh.group.GroupDro;
import org.counterweight.reweigh.group.GroupDroConfig;
import org.counterweight.train.state.TrainingException;
import org.counterweight.train.weigh.Rows;
import org.counterweight.train.weigh.Weigher;
import org.junit.jupiter.api.Test;

class BaselinesTest {
    private static Rows rows(double[] losses, long... group) {
        Tensor l = doubles(losses);
        return new Rows(
                l,
                torch.ones_like(l).to(torch.ScalarType.Long),
                new Batch(Map.of("group", longs(group), "ref_loss", doubles(new double[losses.length]))),
                0);
    }

    @Test
    void aColumnOfWeightsIsSharedOutAmongTheRowsOfABatch() {
        try (var scope = Scope.open()) {
            var weigher = new ColumnConfig("weight").create();
            Rows rows = weighed(1, 0, 3);
            assertThat(toDoubles(weigher.weights(rows))).containsExactly(0.25, 0, 0.75);
            for (double bad : new double[] {-1, Double.NaN, Double.POSITIVE_INFINITY}) {
                assertThatThrownBy(() -> weigher.weights(weighed(1, bad)))
                        .isInstanceOf(TrainingException.class)
                        .hasMessageContaining("a row's weight is negative or not finite");
            }
            assertThatThrownBy(() -> weigher.weights(weighed(0, 0)))
                    .isInstanceOf(TrainingException.class)
                    .hasMessageContaining("all rows of the batch have weight 0");
        }
    }

    /** With their mean known, the mean over all batches is that of the rows repeated, however they are cut. */
    @Test
    void aColumnOfWeightsWithAMeanCountsTheSameInEveryBatch() {
        double[] weights = {1, 0, 3, 2, 0, 0};
        double[] losses = {0.5, 9, 2, 1, 7, 8};
        try (var scope = Scope.open()) {
            Weigher weigher = new ColumnConfig("weight", 1.0).create();
            for (int size : new int[] {1, 2, 3, 6}) {
                double sum = 0;
                for (int from = 0; from < weights.length; from += size) {
                    Rows rows = weighed(Arrays.copyOfRange(weights, from, from + size));
                    Tensor shares = weigher.scale().shares(weigher.weights(rows), rows.units());
                    sum += shares.dot(doubles(Arrays.copyOfRange(losses, from, from + size)))
                            .item_double();
                }
                assertThat(sum * size / weights.length)
                        .as("%d rows a batch", size)
                        .isCloseTo(8.5 / 6, within(1e-12));
            }
            assertThatThrownBy(() -> new ColumnConfig("weight", 0.0))
                    .isInstanceOf(ConfigException.class)
                    .hasMessageContaining("column.mean: 0.0 is not allowed");
        }
    }

    private static Rows weighed(double... weights) {
        Rows rows = rows(new double[weights.length], new long[weights.length]);
        return new Rows(rows.losses(), rows.units(), rows.batch().with("weight", doubles(weights)), 0);
    }

    @Test
    void selectionKeepsTheFirstOfEqualLosses() {
        try (var scope = Scope.open()) {
            Tensor w = LossSelection.weights(doubles(new double[] {1, 3, 3, 3}), true, 0.5);
            assertThat(toDoubles(w)).containsExactly(0, 0.5, 0.5, 0);
            assertThat(toDoubles(LossSelection.weights(doubles(new double[] {1, 3, 1}), false, 0.1)))
                    .containsExactly(1, 0, 0);
            double[] tenth = toDoubles(LossSelection.weights(doubles(new double[10]), true, 0.3));
            assertThat(tenth[2]).isCloseTo(1 / 3.0, within(1e-15));
            assertThatThrownBy(() -> new SelectionConfig(SelectionConfig.Kept.TOPK, 1.5))
                    .isInstanceOf(ConfigException.class)
                    .hasMessageContaining("loss_selection.ratio: 1.5");
        }
    }

    @Test
    void focalWithGammaZeroIsUniformAndSparesWhatIsRight() {
        try (var scope = Scope.open()) {
            Rows rows = rows(new double[] {0.01, 1, 3}, 0, 0, 0);
            assertThat(toDoubles(new Focal(0).weights(rows))).containsOnly(1 / 3.0);
            double[] w = toDoubles(new Focal(2).weights(rows));
            double expected = Math.pow(1 - Math.exp(-0.01), 2) / Math.pow(1 - Math.exp(-3), 2);
            assertThat(w[0] / w[2]).isCloseTo(expected, within(1e-9));
            assertThat(toDoubles(new Focal(2).weights(rows(new double[] {0, 0}, 0, 0))))
                    .containsOnly(0.5);
        }
    }

    @Test
    void clippingDropsWhatIsBeyondTheLimit() {
        try (var scope = Scope.open()) {
            assertThat(toDoubles(new LossClipping(2).weights(rows(new double[] {1, 2, 3}, 0, 0, 0))))
                    .containsExactly(0.5, 0.5, 0);
            assertThat(toDoubles(new LossClipping(0.5).weights(rows(new double[] {1, 2}, 0, 0))))
                    .containsOnly(0.5);
        }
    }

    @Test
    void groupDroRaisesTheWorseGroupAndGoesOnAfterResumption() {
        try (var scope = Scope.open()) {
            var config = new GroupDroConfig(3, 0.5, "group");
            var weigher = new GroupDro(config);
            Rows rows = rows(new double[] {1, 1, 4}, 0, 0, 2);
            double[] w = toDoubles(weigher.weights(rows));
            double z = Math.exp(0.5) + 1 + Math.exp(2);
            assertThat(toDoubles(Objects.requireNonNull(weigher.state().get("q")))[2])
                    .isCloseTo(Math.exp(2) / z, within(1e-12));
            assertThat(w[2] / (w[0] + w[1])).isCloseTo(Math.exp(1.5), within(1e-9));
            assertThat(w[0]).isEqualTo(w[1]);
            var resumed = new GroupDro(config);
            resumed.restore(weigher.state());
            assertTensor(resumed.weights(rows)).isEqualTo(weigher.weights(rows));
            assertThatThrownBy(() -> weigher.weights(rows(new double[] {1}, 3)))
                    .isInstanceOf(TrainingException.class)
                    .hasMessageContaining("group 3; expected 0 to 2");
        }
    }

    @Test
    void doremiAsAWeigherFollowsItsUpdate() {
        try (var scope = Scope.open()) {
            var weigher = new DoReMi(new DoReMiConfig(2, 1, 0.1, "group"));
            double[] w = toDoubles(weigher.weights(rows(new double[] {1, 3, 0.5}, 0, 0, 1)));
            var expected = DoReMi.update(
                    DoReMi.Weights.uniform(2), doubles(new double[] {2, 0.5}), doubles(new double[] {0, 0}), 1, 0.1);
            assertThat(weigher.weights().a()).containsExactly(expected.a());
            assertThat(w[0] + w[1]).isCloseTo(expected.a()[0], within(1e-12));
            var resumed = new DoReMi(new DoReMiConfig(2, 1, 0.1, "group"));
            resumed.restore(weigher.state());
            assertThat(resumed.weights().average())
                    .containsExactly(weigher.weights().average());
        }
    }
}
