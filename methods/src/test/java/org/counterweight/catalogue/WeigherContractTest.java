package org.counterweight.catalogue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.counterweight.testing.TensorAssert.assertTensor;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.config.Configs;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;
import org.counterweight.model.Batch;
import org.counterweight.train.weigh.Rows;
import org.counterweight.train.weigh.Weigher;
import org.counterweight.train.weigh.WeigherConfig;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Holds for every weigher of the catalogue that a recipe can name: a new one is tested by being listed. */
class WeigherContractTest {
    private static final int GROUPS = 3;

    /** Where other settings than the sample are wanted: those that fit the rows drawn here. */
    private static final Map<String, String> SETTINGS = Map.of(
            "loss_reweighting", "{r: 0.4}",
            "loss_selection", "{ratio: 0.3}",
            "loss_clipping", "{limit: 1.0}",
            "group_dro", "{groups: " + GROUPS + ", eta: 0.5}",
            "doremi", "{groups: " + GROUPS + "}");

    private static Stream<Method> weighers() {
        return Catalogue.all().stream().filter(method -> WeigherConfig.class.isAssignableFrom(method.config()));
    }

    static Stream<Arguments> methodsAndSeeds() {
        return weighers().flatMap(method -> LongStream.range(0, 4).mapToObj(seed -> Arguments.of(method.name(), seed)));
    }

    private static Weigher weigher(String name) {
        Method method = Catalogue.named(name, "weigh.method");
        String given = SETTINGS.get(name);
        var settings = given == null ? Configs.sample(method.config()) : Configs.yaml(given, name);
        return ((WeigherConfig) Configs.bind(settings, method.config(), name)).create();
    }

    /** Random rows; every third has nothing to predict if {@code gaps}. */
    private static Rows rows(long seed, ScalarType type, boolean gaps) {
        long m = 9 + seed;
        var random = Tensors.optional(new Seed(seed).generator());
        Tensor losses = torch.empty(m).exponential_(1, random).to(type);
        Tensor units = torch.empty(m).random_(1, new LongOptional(9), random).to(ScalarType.Long);
        Tensor numbers = torch.arange(new Scalar(m));
        if (gaps) {
            units = units.mul(numbers.remainder(new Scalar(3L)).ne(new Scalar(0L)));
        }
        var batch = new LinkedHashMap<String, Tensor>();
        batch.put(Batch.ROW, numbers);
        batch.put(
                Batch.LABELS,
                torch.empty(m).random_(0, new LongOptional(GROUPS), random).to(ScalarType.Long));
        batch.put(
                "group",
                torch.empty(m).random_(0, new LongOptional(GROUPS), random).to(ScalarType.Long));
        batch.put("ref_loss", torch.empty(m).exponential_(1, random).to(type));
        batch.put("weight", torch.empty(m).exponential_(1, random).to(type));
        return new Rows(losses, units, new Batch(batch), 5);
    }

    private static Rows permuted(Rows rows, Tensor order) {
        var batch = new LinkedHashMap<String, Tensor>();
        rows.batch().tensors().forEach((name, tensor) -> batch.put(name, tensor.index_select(0, order)));
        return new Rows(
                rows.losses().index_select(0, order),
                rows.units().index_select(0, order),
                new Batch(batch),
                rows.step());
    }

    @Test
    void thereAreWeighersToTest() {
        assertThat(weighers()).hasSizeGreaterThanOrEqualTo(SETTINGS.size());
    }

    @ParameterizedTest(name = "{0}, seed {1}")
    @MethodSource("methodsAndSeeds")
    void weightsAreNotNegativeSumToOneAndAreConstants(String name, long seed) {
        try (var scope = Scope.open()) {
            for (ScalarType type : new ScalarType[] {ScalarType.Float, ScalarType.Double}) {
                for (boolean gaps : new boolean[] {false, true}) {
                    Rows rows = rows(seed, type, gaps);
                    Tensor before = rows.losses().clone();
                    Tensor weights = weigher(name).weights(rows);
                    assertThat(Tensors.shape(weights)).isEqualTo(Tensors.shape(rows.losses()));
                    assertThat(weights.scalar_type().intern()).isEqualTo(type);
                    assertThat(weights.requires_grad()).isFalse();
                    double[] w = Tensors.toDoubles(weights);
                    long[] n = Tensors.toLongs(rows.units());
                    double sum = 0;
                    for (int i = 0; i < w.length; i++) {
                        assertThat(w[i]).as("weight of row %d", i).isGreaterThanOrEqualTo(0);
                        if (n[i] == 0) {
                            assertThat(w[i])
                                    .as("row %d has nothing to predict", i)
                                    .isZero();
                        }
                        sum += w[i];
                    }
                    assertThat(sum).isCloseTo(1, within(1e-5));
                    assertTensor(rows.losses()).as("losses afterwards").isEqualTo(before);
                }
            }
        }
    }

    @ParameterizedTest(name = "{0}, seed {1}")
    @MethodSource("methodsAndSeeds")
    void theOrderOfRowsDoesNotMatter(String name, long seed) {
        try (var scope = Scope.open()) {
            Rows rows = rows(seed, ScalarType.Double, true);
            int[] permutation = new Seed(seed).child("order").permutation((int)
                    rows.losses().numel());
            Tensor order = Tensors.longs(
                    java.util.Arrays.stream(permutation).asLongStream().toArray());
            Tensor weights = weigher(name).weights(rows).index_select(0, order);
            assertTensor(weigher(name).weights(permuted(rows, order))).isCloseTo(weights, 1e-12, 1e-12);
        }
    }

    @ParameterizedTest(name = "{0}, seed {1}")
    @MethodSource("methodsAndSeeds")
    void theSameRowsGetTheSameWeights(String name, long seed) {
        try (var scope = Scope.open()) {
            Rows rows = rows(seed, ScalarType.Float, false);
            assertTensor(weigher(name).weights(rows)).isEqualTo(weigher(name).weights(rows));
        }
    }
}
