package org.counterweight.merge.stock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.counterweight.engine.Tensors.doubles;
import static org.counterweight.engine.Tensors.floats;
import static org.counterweight.engine.Tensors.longs;
import static org.counterweight.engine.Tensors.plus;
import static org.counterweight.engine.Tensors.times;
import static org.counterweight.engine.Tensors.toDoubles;
import static org.counterweight.merge.stock.SmallStock.config;
import static org.counterweight.merge.stock.SmallStock.draw;
import static org.counterweight.merge.stock.SmallStock.models;
import static org.counterweight.testing.TensorAssert.assertTensor;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.counterweight.engine.Scope;
import org.counterweight.merge.InMemory;
import org.counterweight.merge.soup.UniformSoupConfig;
import org.counterweight.merge.soup.WiseFtConfig;
import org.counterweight.merge.stock.ModelStockConfig.Average;
import org.counterweight.merge.stock.ModelStockConfig.Eps;
import org.counterweight.merge.stock.ModelStockConfig.Granularity;
import org.counterweight.merge.stock.ModelStockConfig.Ratio;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The properties of section 5 and the edge cases of section 8 of the method's specification. */
class ModelStockTest {
    private final Scope scope = Scope.open();

    @AfterEach
    void close() {
        scope.close();
    }

    private static double ratio(ModelStockConfig config, List<Tensor> tensors) {
        return toDoubles(new ModelStock(config).ratio("w", tensors).ratio())[0];
    }

    @Test
    void modelsThatAreEqualAreTheResult() {
        Tensor w0 = draw(1, "anchor", 3, 4);
        Tensor w = draw(1, "model", 3, 4);
        assertTensor(new ModelStock(config()).combine("w", List.of(w0, w, w, w)))
                .isCloseTo(w, 1e-12, 1e-12);
        assertTensor(new ModelStock(config()).combine("w", List.of(w0, w0, w0))).isEqualTo(w0);
    }

    @Test
    void orthogonalDeltasFallBackToTheAnchor() {
        Tensor w0 = doubles(new double[] {1, 2});
        Tensor east = doubles(new double[] {2, 2});
        Tensor north = doubles(new double[] {1, 3});
        assertTensor(new ModelStock(config()).combine("w", List.of(w0, east, north)))
                .isEqualTo(w0);
    }

    @ParameterizedTest(name = "k {0}")
    @ValueSource(ints = {2, 3, 5})
    void theRatioGrowsWithTheCosineAndWithTheNumberOfModels(int k) {
        double previous = Double.NEGATIVE_INFINITY;
        for (double c = -1.0 / (k - 1) + 0.01; c <= 1; c += 0.01) {
            double t = formula(c, k);
            assertThat(t).isGreaterThan(previous);
            if (c > 0.02 && c < 0.98) {
                assertThat(formula(c, k + 1)).isBetween(t, 1.0);
            }
            previous = t;
        }
    }

    /** The ratio of k unit deltas whose pairs all have that cosine. */
    private static double formula(double cosine, int k) {
        double[] gram = new double[k * k];
        for (int i = 0; i < k * k; i++) {
            gram[i] = i / k == i % k ? 1 : cosine;
        }
        var bare = config(Granularity.TENSOR, Average.COS, Eps.EXACT, null);
        try (var scope = Scope.open()) {
            return toDoubles(StockRatio.of(bare, doubles(gram, 1, k, k)).ratio())[0];
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3})
    void nothingDependsOnOrderScaleRotationOrShift(long seed) {
        List<Tensor> tensors = models(seed, 3, 4, 5);
        Tensor w0 = tensors.get(0);
        Tensor merged = new ModelStock(config()).combine("w", tensors);
        double t = ratio(config(), tensors);
        assertThat(t).isBetween(0.3, 0.95);

        List<Tensor> permuted = List.of(w0, tensors.get(3), tensors.get(1), tensors.get(2));
        assertTensor(new ModelStock(config()).combine("w", permuted)).isCloseTo(merged, 1e-12, 1e-12);

        UnaryOperator<Tensor> scaled = w -> w0.add(times(w.sub(w0), 1e-6));
        assertThat(ratio(config(), tensors.stream().map(scaled).toList()))
                .isCloseTo(t, org.assertj.core.data.Offset.offset(1e-8));

        Tensor rotation =
                new Tensor(torch.linalg_qr(draw(seed, "rotation", 5, 5)).get0());
        List<Tensor> rotated =
                tensors.stream().map(w -> torch.matmul(w, rotation)).toList();
        assertTensor(new ModelStock(config()).combine("w", rotated))
                .isCloseTo(torch.matmul(merged, rotation), 1e-10, 1e-10);

        List<Tensor> shifted = tensors.stream().map(w -> plus(w, 7)).toList();
        assertTensor(new ModelStock(config()).combine("w", shifted)).isCloseTo(plus(merged, 7), 1e-10, 1e-10);
    }

    @Test
    void rowsOfAOneRowTensorAreTheTensor() {
        var byRow = config(Granularity.ROW, Average.COS, Eps.EXACT, List.of(0.0, 1.0));
        for (long[] shape : List.of(new long[] {1, 7}, new long[] {7})) {
            List<Tensor> tensors = models(4, 2, shape);
            assertTensor(new ModelStock(byRow).combine("w", tensors))
                    .isEqualTo(new ModelStock(config()).combine("w", tensors));
        }
    }

    @Test
    void rowsAreMergedEachOnItsOwn() {
        var byRow = config(Granularity.ROW, Average.ANGLE, Eps.EXACT, List.of(0.0, 1.0));
        var whole = config(Granularity.TENSOR, Average.ANGLE, Eps.EXACT, List.of(0.0, 1.0));
        List<Tensor> tensors = models(5, 3, 6, 2, 3);
        Tensor merged = new ModelStock(byRow).combine("w", tensors);
        for (int row = 0; row < 6; row++) {
            int r = row;
            List<Tensor> rows = tensors.stream().map(w -> w.select(0, r)).toList();
            assertTensor(merged.select(0, row)).isCloseTo(new ModelStock(whole).combine("w", rows), 1e-12, 1e-12);
        }
    }

    @Test
    void longTensorsAreSummedInBlocks() {
        List<Tensor> tensors = models(6, 2, (1 << 20) + 3);
        Tensor d1 = tensors.get(1).sub(tensors.get(0));
        Tensor d2 = tensors.get(2).sub(tensors.get(0));
        double cosine =
                d1.dot(d2).item_double() / (d1.norm().item_double() * d2.norm().item_double());
        assertThat(toDoubles(new ModelStock(config()).ratio("w", tensors).cosine())[0])
                .isCloseTo(cosine, org.assertj.core.data.Offset.offset(1e-12));
    }

    @Test
    void aLayerSharesOneRatio() {
        var names = List.of("embed.weight", "layer.0.weight", "layer.0.bias", "layer.1.weight", "layer.1.bias");
        List<Map<String, Tensor>> all = IntStream.range(0, 3)
                .<Map<String, Tensor>>mapToObj(m -> {
                    var model = new LinkedHashMap<String, Tensor>();
                    for (String name : names) {
                        model.put(name, models(7 + names.indexOf(name), 2, 3, 2).get(m));
                    }
                    return model;
                })
                .toList();
        var byLayer = config(Granularity.LAYER, Average.COS, Eps.EXACT, null);
        StockRatios ratios = StockRatios.fit(byLayer, all.get(0), all.subList(1, 3));
        assertThat(ratios.byName().get("layer.0.weight"))
                .isSameAs(ratios.byName().get("layer.0.bias"));
        assertThat(ratios.byName().get("layer.0.weight"))
                .isNotSameAs(ratios.byName().get("layer.1.weight"));
        assertThat(ratios.rows()).extracting(StockRatios.Row::group).contains("embed.weight", "layer.0", "layer.1");

        List<Tensor> joined = IntStream.range(0, 3)
                .mapToObj(m -> torch.cat(
                        new org.bytedeco.pytorch.TensorVector(
                                all.get(m).get("layer.0.weight"), all.get(m).get("layer.0.bias")),
                        0))
                .toList();
        var whole = config(Granularity.TENSOR, Average.COS, Eps.EXACT, null);
        assertThat(toDoubles(Objects.requireNonNull(ratios.byName().get("layer.0.weight"))
                        .ratio())[0])
                .isCloseTo(ratio(whole, joined), org.assertj.core.data.Offset.offset(1e-12));

        var global = StockRatios.fit(
                config(Granularity.GLOBAL, Average.COS, Eps.EXACT, null), all.get(0), all.subList(1, 3));
        assertThat(global.byName().values().stream().distinct().count()).isEqualTo(1);
    }

    @Test
    void theProjectionIsTheFormulaForEqualNormsAndOptimalForUnequalOnes() {
        var projection =
                new ModelStockConfig(Granularity.TENSOR, Average.COS, Eps.EXACT, null, Ratio.PROJECTION, List.of());
        Tensor equal = doubles(new double[] {1, 0.4, 0.4, 1}, 1, 2, 2);
        assertThat(toDoubles(StockRatio.of(projection, equal).ratio())[0])
                .isCloseTo(formula(0.4, 2), org.assertj.core.data.Offset.offset(1e-12));
        Tensor unequal = doubles(new double[] {1, 0.4, 0.4, 4}, 1, 2, 2);
        double square = (1 + 0.8 + 4) / 4; // of the mean delta
        assertThat(toDoubles(StockRatio.of(projection, unequal).ratio())[0])
                .isCloseTo(0.4 / square, org.assertj.core.data.Offset.offset(1e-12));
    }

    /** k models on a sphere around μ, with deltas from it orthogonal to each other and to the anchor's, all to rounding. */
    @ParameterizedTest(name = "k {0}")
    @ValueSource(ints = {2, 3, 5})
    void onAThinShellTheResultIsTheNearestPointToTheCentre(int k) {
        Tensor axes = new Tensor(torch.linalg_qr(draw(14, "axes", 40, k + 1)).get0()).t(); // orthonormal rows
        Tensor centre = draw(14, "centre", 40);
        var tensors = new ArrayList<Tensor>();
        tensors.add(centre.add(times(axes.select(0, k), 1.7))); // w_0 − μ ⟂ w_i − μ
        for (int i = 0; i < k; i++) {
            tensors.add(centre.add(axes.select(0, i)));
        }
        Tensor merged = new ModelStock(config()).combine("w", tensors);
        Tensor off = merged.sub(centre);
        for (int i = 1; i <= k; i++) {
            assertThat(off.dot(tensors.get(i).sub(tensors.get(0))).item_double())
                    .isCloseTo(0, org.assertj.core.data.Offset.offset(1e-12));
        }
        Tensor mean = new UniformSoupConfig().combiner(List.of("w")).combine("w", tensors.subList(1, k + 1));
        assertThat(off.norm().item_double()).isLessThan(mean.sub(centre).norm().item_double() - 0.01);
    }

    @Test
    void aForcedRatioIsASoupOrWiseFtOfTheSoup() {
        List<Tensor> tensors = models(15, 3, 4, 5);
        Tensor soup = new UniformSoupConfig().combiner(List.of("w")).combine("w", tensors.subList(1, 4));
        for (double t : new double[] {0, 0.3, 1}) {
            var forced = config(Granularity.TENSOR, Average.COS, Eps.EXACT, List.of(t, t));
            assertTensor(new ModelStock(forced).combine("w", tensors))
                    .isCloseTo(
                            new WiseFtConfig(t).combiner(List.of("w")).combine("w", List.of(tensors.get(0), soup)),
                            0,
                            1e-12);
        }
    }

    @Test
    void opposedDeltasAreClampedAndCounted() {
        Tensor w0 = doubles(new double[] {0, 0, 0, 0}, 2, 2);
        Tensor a = doubles(new double[] {1, 0, 3, 4}, 2, 2);
        Tensor b = doubles(new double[] {-1, 0, 3, 4}, 2, 2);
        var byRow = config(Granularity.ROW, Average.COS, Eps.EXACT, List.of(0.0, 1.0));
        StockRatio ratio = new ModelStock(byRow).ratio("w", List.of(w0, a, b));
        assertThat(toDoubles(ratio.ratio())).containsExactly(0, 1);
        assertThat(ratio.clampedGroups()).isEqualTo(1); // the formula has a pole there
        Tensor c = doubles(new double[] {-1, 2, 3, 4}, 2, 2);
        assertThat(new ModelStock(byRow).ratio("w", List.of(w0, a, c)).clampedGroups())
                .isEqualTo(1);
    }

    @Test
    void integersComeFromTheAnchorAndStatisticsAreAveraged() {
        Map<String, Tensor> anchor = Map.of(
                "n", longs(new long[] {7}), "bn.running_mean", statistics().get(0));
        List<Map<String, Tensor>> models = List.of(
                Map.of(
                        "n",
                        longs(new long[] {8}),
                        "bn.running_mean",
                        statistics().get(1)),
                Map.of(
                        "n",
                        longs(new long[] {9}),
                        "bn.running_mean",
                        statistics().get(2)));
        Map<String, Tensor> merged = StockRatios.fit(config(), anchor, models).merge(anchor, models);
        assertTensor(merged.get("n")).isEqualTo(longs(new long[] {7}));
        assertTensor(merged.get("bn.running_mean")).isEqualTo(floats(new float[] {5, 5}));
    }

    /** Of an anchor and two models, whose deltas are orthogonal. */
    private static List<Tensor> statistics() {
        return List.of(floats(new float[] {9, 9}), floats(new float[] {1, 9}), floats(new float[] {9, 1}));
    }

    /** A statistic's mean is the same whether a merge sees one tensor at a time or the whole model. */
    @Test
    void statisticsAreAveragedByTheCombinerToo() {
        List<Tensor> tensors = statistics(); // by their angle they would stay the anchor's
        assertTensor(new ModelStock(config()).combine("bn.running_var", tensors))
                .isEqualTo(floats(new float[] {5, 5}));
    }

    @Test
    void aTiedTensorCountsOnceInItsGroup() {
        List<Tensor> tied = models(12, 2, 30, 2);
        List<Tensor> other = models(13, 2, 4);
        List<Map<String, Tensor>> all = IntStream.range(0, 3)
                .<Map<String, Tensor>>mapToObj(m -> {
                    var model = new LinkedHashMap<String, Tensor>();
                    model.put("embed.weight", tied.get(m));
                    model.put("norm.weight", other.get(m));
                    return model;
                })
                .toList();
        List<Map<String, Tensor>> withHead = all.stream()
                .<Map<String, Tensor>>map(model -> {
                    var more = new LinkedHashMap<>(model);
                    more.put("head.weight", Objects.requireNonNull(model.get("embed.weight")));
                    return more;
                })
                .toList();
        var global = config(Granularity.GLOBAL, Average.COS, Eps.EXACT, null);
        StockRatios once = StockRatios.fit(global, all.get(0), all.subList(1, 3));
        StockRatios twice = StockRatios.fit(global, withHead.get(0), withHead.subList(1, 3));
        assertThat(twice.byName()).containsOnlyKeys("embed.weight", "norm.weight", "head.weight");
        assertThat(toDoubles(Objects.requireNonNull(twice.byName().get("head.weight"))
                        .ratio()))
                .isEqualTo(toDoubles(Objects.requireNonNull(once.byName().get("embed.weight"))
                        .ratio()));
    }

    @Test
    void namesThatShareATensorGoOnSharingOne() {
        List<Tensor> tensors = models(8, 2, 3, 2);
        List<Map<String, Tensor>> models = tensors.stream()
                .map(w -> Map.of("embed.weight", w, "head.weight", w))
                .toList();
        Map<String, Tensor> merged = InMemory.merge(new ModelStock(config()), models);
        assertThat(merged.get("embed.weight")).isSameAs(merged.get("head.weight"));
    }

    @Test
    void ignoredTensorsAreAveraged() {
        var ignoring = new ModelStockConfig(
                Granularity.TENSOR, Average.COS, Eps.EXACT, null, Ratio.FORMULA, List.of("ln_final.*"));
        List<Tensor> tensors = models(9, 2, 4);
        Tensor mean = times(tensors.get(1).add(tensors.get(2)), 0.5);
        assertTensor(new ModelStock(ignoring).combine("clip.ln_final.weight", tensors))
                .isCloseTo(mean, 1e-12, 0);
        assertThat(ratio(ignoring, tensors)).isLessThan(1);
    }
}
