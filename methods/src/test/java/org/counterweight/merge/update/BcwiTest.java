package org.counterweight.merge.update;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.counterweight.engine.Tensors.floats;
import static org.counterweight.engine.Tensors.longs;
import static org.counterweight.engine.Tensors.times;
import static org.counterweight.testing.TensorAssert.assertTensor;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.assertj.core.data.Offset;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.config.ConfigException;
import org.counterweight.config.Configs;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;
import org.counterweight.weights.WeightsException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The properties of section 5 and the edge cases of section 8 of the method's specification: interpolation. */
class BcwiTest {
    private final Scope scope = Scope.open();

    @AfterEach
    void close() {
        scope.close();
    }

    private static Tensor draw(long seed, String name, long... shape) {
        return Tensors.zeros(shape)
                .normal_(0, 1, Tensors.optional(new Seed(seed).child(name).generator()));
    }

    private static Map<String, Tensor> model(long seed) {
        return Map.of("fc.weight", draw(seed, "w", 4, 3), "classifier.weight", draw(seed, "c", 5, 4));
    }

    private static Map<String, Tensor> information(long seed) {
        return Map.of(
                "fc.weight",
                draw(seed, "fw", 4, 3).square(),
                "classifier.weight",
                draw(seed, "fc", 5, 4).square());
    }

    private static Tensor get(Map<String, Tensor> model, String name) {
        return Objects.requireNonNull(model.get(name));
    }

    private static Bcwi fisher(Map<String, Tensor> information) {
        return new Bcwi(0, information, List.of(), "classifier");
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3})
    void theEndsAreTheModelsToTheLastBit(long seed) {
        Map<String, Tensor> old = model(seed);
        Map<String, Tensor> updated = model(seed + 100);
        for (Bcwi bcwi : List.of(Bcwi.plain(0), fisher(information(seed)))) {
            Map<String, Tensor> atOne = bcwi.merge(1, old, List.of(updated));
            Map<String, Tensor> atZero = bcwi.merge(0, old, List.of(updated));
            for (String name : old.keySet()) {
                assertTensor(get(atOne, name)).isEqualTo(get(old, name));
                assertTensor(get(atZero, name)).isEqualTo(get(updated, name));
            }
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3})
    void equalInformationIsThePlainFormAndItsScaleMovesAlongTheCurve(long seed) {
        Map<String, Tensor> old = model(seed);
        Map<String, Tensor> updated = model(seed + 100);
        double alpha = 0.7;
        for (double c : new double[] {1, 0.01, 25}) {
            Map<String, Tensor> same =
                    Map.of("fc.weight", times(torch.ones(4, 3), c), "classifier.weight", times(torch.ones(5, 4), c));
            double moved = alpha * c / (alpha * c + 1 - alpha);
            Map<String, Tensor> weighted = fisher(same).merge(alpha, old, List.of(updated));
            Map<String, Tensor> plain = Bcwi.plain(0).merge(moved, old, List.of(updated));
            old.keySet().forEach(name -> assertTensor(get(weighted, name)).isCloseTo(get(plain, name), 1e-5, 1e-6));
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3})
    void everyElementLiesBetweenTheModelsAndGoesWhereItsInformationSays(long seed) {
        Tensor old = draw(seed, "old", 50);
        Tensor updated = draw(seed, "new", 50);
        Tensor f = draw(seed, "f", 50).square();
        f.select(0, 0).fill_(Tensors.scalar(0));
        f.select(0, 1).fill_(Tensors.scalar(1e30));
        Tensor mixed = new Bcwi(0.6, Map.of("w", f), List.of(), "").combine("w", List.of(old, updated));
        assertThat(mixed.ge(torch.minimum(old, updated)).all().item_bool()).isTrue();
        assertThat(mixed.le(torch.maximum(old, updated)).all().item_bool()).isTrue();
        assertThat(mixed.select(0, 0).item_float())
                .isEqualTo(updated.select(0, 0).item_float());
        assertThat(mixed.select(0, 1).item_float()).isEqualTo(old.select(0, 1).item_float());
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3})
    void theDistanceToTheOldModelFallsWithAlpha(long seed) {
        Map<String, Tensor> old = model(seed);
        Map<String, Tensor> updated = model(seed + 100);
        double whole = Bcwi.distance(updated, old);
        double previous = Double.POSITIVE_INFINITY;
        for (double alpha : Configs.defaults(BcwiConfig.class).grid()) {
            double plain = Bcwi.distance(Bcwi.plain(0).merge(alpha, old, List.of(updated)), old);
            assertThat(plain).isCloseTo((1 - alpha) * whole, Offset.offset(1e-5 * whole));
            double weighted = Bcwi.distance(fisher(information(seed)).merge(alpha, old, List.of(updated)), old);
            assertThat(weighted).isLessThanOrEqualTo(previous + 1e-6);
            previous = weighted;
        }
    }

    @Test
    void aSoupOfOneModelIsThatModel() {
        Map<String, Tensor> old = model(1);
        Map<String, Tensor> updated = model(2);
        Map<String, Tensor> one = Bcwi.plain(0).merge(0.4, old, List.of(updated));
        Map<String, Tensor> four = Bcwi.plain(0).merge(0.4, old, List.of(updated, updated, updated, updated));
        old.keySet().forEach(name -> assertTensor(get(four, name)).isCloseTo(get(one, name), 1e-6, 1e-7));
    }

    @Test
    void rowsOfNewClassesAreTheNewModels() {
        Map<String, Tensor> old = model(1);
        Map<String, Tensor> updated = model(2);
        Map<String, Tensor> mixed = new Bcwi(1, Map.of(), List.of(1, 4), "classifier").merge(1, old, List.of(updated));
        for (int row = 0; row < 5; row++) {
            Tensor expected = get(row == 1 || row == 4 ? updated : old, "classifier.weight");
            assertTensor(get(mixed, "classifier.weight").select(0, row)).isEqualTo(expected.select(0, row));
        }
    }

    @Test
    void tiedWeightsAreMixedOnceAndIntegersAreNew() {
        Tensor w = draw(1, "w", 3, 2);
        Tensor v = draw(2, "w", 3, 2);
        Map<String, Tensor> old = Map.of("embed", w, "head", w, "n", longs(new long[] {1}));
        Map<String, Tensor> updated = Map.of("embed", v, "head", v, "n", longs(new long[] {2}));
        Map<String, Tensor> mixed = Bcwi.plain(0).merge(0.5, old, List.of(updated));
        assertThat(mixed.get("embed")).isSameAs(mixed.get("head"));
        assertTensor(get(mixed, "n")).isEqualTo(longs(new long[] {2}));
        assertThat(Bcwi.distance(updated, old))
                .isCloseTo(
                        v.to(ScalarType.Double)
                                .sub(w.to(ScalarType.Double))
                                .norm()
                                .item_double(),
                        Offset.offset(1e-9));
    }

    @Test
    void runningStatisticsNeverGoByInformation() {
        Tensor old = floats(new float[] {0});
        Tensor updated = floats(new float[] {1});
        var bcwi = new Bcwi(0.5, Map.of("bn.running_mean", floats(new float[] {1e6f})), List.of(), "");
        assertTensor(bcwi.combine("bn.running_mean", List.of(old, updated))).isEqualTo(floats(new float[] {0.5f}));
    }

    @Test
    void whatIsWrongIsNamed() {
        assertThatThrownBy(() -> Configs.bind(Configs.yaml("alpha: 1.5", "t"), BcwiConfig.class, ""))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("bcwi.alpha: 1.5");
        assertThat(Configs.bind(Configs.yaml("{alpha: 1.5, allow_extrapolation: true}", "t"), BcwiConfig.class, "")
                        .alpha())
                .isEqualTo(1.5);
        assertThatThrownBy(() -> Configs.bind(Configs.yaml("alphas: [0.3, 0.1]", "t"), BcwiConfig.class, ""))
                .hasMessageContaining("ascending");
        assertThatThrownBy(() -> Configs.defaults(BcwiConfig.class).combiner(List.of()))
                .hasMessageContaining("bcwi.alpha: null");
        assertThatThrownBy(() -> fisher(Map.of("w", floats(new float[] {1, -1}))))
                .isInstanceOf(WeightsException.class)
                .hasMessageContaining("w: Fisher information is negative");
        assertThatThrownBy(() -> fisher(Map.of("w", floats(new float[] {1, Float.NaN}))))
                .hasMessageContaining("not finite");
        assertThatThrownBy(() -> fisher(Map.of("w", floats(new float[] {0, 0}))))
                .hasMessageContaining("zero gradients");
        assertThatThrownBy(
                        () -> new Bcwi(0.5, Map.of(), List.of(9), "classifier").merge(0.5, model(1), List.of(model(2))))
                .hasMessageContaining("classes 0 to 4, new_label_ids names 9");
        assertThatThrownBy(() -> new Bcwi(0.5, Map.of(), List.of(1), "head").merge(0.5, model(1), List.of(model(2))))
                .hasMessageContaining("no head.weight");
        assertThat(fisher(Map.of("fc.weight", torch.ones(4, 3))).unweighted(model(1)))
                .containsExactly("classifier.weight");
    }
}
