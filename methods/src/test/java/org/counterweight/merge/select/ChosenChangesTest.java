package org.counterweight.merge.select;

import static org.assertj.core.api.Assertions.assertThat;
import static org.counterweight.testing.TensorAssert.assertTensor;

import java.util.Arrays;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Tensors;
import org.counterweight.merge.method.MergeConfig;
import org.counterweight.merge.sphere.KarcherConfig;
import org.counterweight.merge.sphere.MultislerpConfig;
import org.junit.jupiter.api.Test;

/** The formulas of mergekit's younger methods, on numbers that can be done by hand. */
class ChosenChangesTest {
    private static Tensor merged(MergeConfig method, double[]... models) {
        List<Tensor> tensors = Arrays.stream(models)
                .map(model -> Tensors.doubles(model, model.length))
                .toList();
        return method.combiner(List.of("w")).combine("w", tensors);
    }

    private static void assertMerged(Tensor merged, double... expected) {
        assertTensor(merged).isCloseTo(Tensors.doubles(expected, expected.length), 1e-12, 1e-12);
    }

    @Test
    void nearswapMovesByTAtMost() {
        try (var scope = Scope.open()) {
            assertMerged(
                    merged(new NearswapConfig(0.5), new double[] {1, 1, 1}, new double[] {1.25, 3, -1}),
                    1.25,
                    1.5,
                    0.5);
        }
    }

    /** The first element is changed by one model, the second by both, the third by none that counts. */
    @Test
    void ramAveragesWhatSeveralChanged() {
        double[] base = {0, 0, 0, 0};
        double[] a = {2, 4, 1e-6, 0};
        double[] b = {0, 2, 0, 1};
        try (var scope = Scope.open()) {
            assertMerged(merged(new RamConfig(1e-5), base, a, b), 2, 3, 0, 1);
            // each model shares one change for each of its own: 1 + 0.1 · min(0.2, 1)
            assertMerged(merged(new RamPlusConfig(0.1, 0.2, 1e-5), base, a, b), 2.04, 3, 0, 1.02);
        }
    }

    /** Weights 20 / 25 and 5 / 25; where signs differ the larger sum says who counts. */
    @Test
    void sceWeighsByChanges() {
        double[] base = {0, 0, 0};
        double[] a = {4, 2, 0};
        double[] b = {2, -1, 0};
        try (var scope = Scope.open()) {
            assertMerged(merged(new SceConfig(1), base, a, b), (0.8 * 4 + 0.2 * 2) / 1, 2, 0);
            // half of the two elements in which they vary: the second, where they are 3 apart
            assertMerged(merged(new SceConfig(0.5), base, a, b), 0, 2, 0);
        }
    }

    @Test
    void fusionTakesTheFarthestChanges() {
        double[] base = {0, 0, 0, 0, 0, 0, 0, 0};
        double[] other = {0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 5};
        try (var scope = Scope.open()) {
            Tensor merged = merged(new ArceeFusionConfig(), base, other);
            // the quartiles are equal, so that what is as important as the median counts too
            assertMerged(merged, other);
            double[] spread = {0, 0.01, 0.02, 0.03, 0.04, 0.05, 0.06, 5};
            assertMerged(merged(new ArceeFusionConfig(), base, spread), 0, 0, 0, 0, 0, 0, 0, 5);
        }
    }

    @Test
    void multislerpIsTheMeanDirectionAtTheMeanLength() {
        try (var scope = Scope.open()) {
            var half = new MultislerpConfig(List.of(0.5, 0.5), true, 1e-8);
            double side = 3 / Math.sqrt(2);
            assertMerged(merged(half, new double[] {2, 0}, new double[] {0, 4}), side, side);
            assertMerged(merged(half, new double[] {2, 0}, new double[] {-4, 0}), -1, 0); // opposite: the straight line
        }
    }

    @Test
    void karcherOfTwoLiesHalfWay() {
        try (var scope = Scope.open()) {
            double side = 3 / Math.sqrt(2);
            var karcher = new KarcherConfig(10, 1e-5);
            assertMerged(merged(karcher, new double[] {2, 0}, new double[] {0, 4}), side, side);
            Tensor three = merged(karcher, new double[] {1, 0, 0}, new double[] {0, 1, 0}, new double[] {0, 0, 1});
            double third = 1 / Math.sqrt(3);
            assertMerged(three, third, third, third);
            assertThat(merged(karcher, new double[] {0, 0}, new double[] {0, 0})
                            .sum()
                            .item_double())
                    .isZero();
        }
    }
}
