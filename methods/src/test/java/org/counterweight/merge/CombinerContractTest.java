package org.counterweight.merge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.counterweight.testing.TensorAssert.assertTensor;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.catalogue.Catalogue;
import org.counterweight.catalogue.Method;
import org.counterweight.config.Configs;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;
import org.counterweight.merge.method.MergeConfig;
import org.counterweight.merge.method.Models;
import org.counterweight.merge.stock.ModelStockConfig;
import org.counterweight.merge.update.Bcwi;
import org.counterweight.weights.Combiner;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.node.ObjectNode;

/**
 * Holds for every combiner of the catalogue: one that looks at a tensor at a time is tested by being listed there, another must
 * be here too.
 */
class CombinerContractTest {
    private static final String NAME = "encoder.layer.1.weight";

    /**
     * How a combiner is made for the test.
     *
     * @param anchors how many of the first models have a part of their own and are not permuted
     * @param models how many models it is given
     * @param weights makes it for these weights, one a model; methods without weights ignore them
     */
    private record Subject(int anchors, int models, Function<List<Double>, Combiner> weights) {}

    private static final Map<String, Subject> SUBJECTS = subjectsByName();

    private static Map<String, Subject> subjectsByName() {
        var subjects = new TreeMap<String, Subject>(Map.of(
                "model_stock", new Subject(1, 4, w -> of(Configs.defaults(ModelStockConfig.class))),
                "bcwi", new Subject(1, 3, w -> Bcwi.plain(0.3))));
        Catalogue.all().stream()
                .filter(method -> MergeConfig.class.isAssignableFrom(method.config()))
                .forEach(method -> subjects.put(method.name(), subject(method)));
        return subjects;
    }

    /** By the sample of its settings. Where chance decides, the draws belong to the places of the models, which stay. */
    private static Subject subject(Method method) {
        Models takes = Models.of(method.name(), method.config());
        int base = takes.needBase() ? 1 : 0;
        int models = base + Math.min(3, takes.takes().most());
        ObjectNode sample = Configs.sample(method.config());
        return new Subject(sample.has("rescale_mode") ? models : base, models, weights -> {
            ObjectNode settings = sample.deepCopy();
            if (settings.has("weight")) {
                settings.set("weight", Configs.JSON.valueToTree(weights.subList(base, models)));
            }
            return of((CombinerConfig) Configs.bind(settings, method.config(), method.name()));
        });
    }

    private static Combiner of(CombinerConfig config) {
        return config.combiner(List.of("encoder.layer.0.weight", NAME, "encoder.layer.2.weight"));
    }

    @Test
    void everyCombinerOfTheCatalogueIsHere() {
        var listed = Catalogue.all().stream()
                .filter(method -> CombinerConfig.class.isAssignableFrom(method.config()))
                .map(Method::name)
                .toList();
        assertThat(new TreeSet<>(SUBJECTS.keySet())).isEqualTo(new TreeSet<>(listed));
    }

    static Stream<Arguments> subjects() {
        return SUBJECTS.keySet().stream()
                .sorted()
                .flatMap(name -> Stream.of(1L, 2L, 3L).map(seed -> Arguments.of(name, seed)));
    }

    private static List<Tensor> draw(Subject subject, long seed, ScalarType type) {
        var tensors = new ArrayList<Tensor>();
        Tensor shared = noise(new Seed(seed).child("shared"));
        for (int i = 0; i < subject.models(); i++) {
            Tensor own = noise(new Seed(seed).child(i));
            tensors.add((i == 0 ? own : tensors.get(0).add(shared).add(own)).to(type));
        }
        return tensors;
    }

    private static Tensor noise(Seed seed) {
        return Tensors.zeros(5, 3).to(ScalarType.Double).normal_(0, 1, Tensors.optional(seed.generator()));
    }

    private static List<Double> weights(Subject subject) {
        var weights = new ArrayList<Double>();
        for (int i = 0; i < subject.models(); i++) {
            weights.add((i + 1) / (subject.models() * (subject.models() + 1) / 2.0)); // different, of sum 1
        }
        return weights;
    }

    @ParameterizedTest(name = "{0}, seed {1}")
    @MethodSource("subjects")
    void permutingModelsWithTheirWeightsChangesNothing(String name, long seed) {
        Subject subject = Objects.requireNonNull(SUBJECTS.get(name));
        try (var scope = Scope.open()) {
            List<Tensor> tensors = draw(subject, seed, ScalarType.Double);
            List<Double> weights = weights(subject);
            Tensor merged = subject.weights().apply(weights).combine(NAME, tensors);
            var order = new ArrayList<Integer>();
            for (int i : new Seed(seed).permutation(subject.models() - subject.anchors())) {
                order.add(subject.anchors() + i);
            }
            for (int i = subject.anchors() - 1; i >= 0; i--) {
                order.add(0, i);
            }
            Tensor permuted = subject.weights()
                    .apply(order.stream().map(weights::get).toList())
                    .combine(NAME, order.stream().map(tensors::get).toList());
            assertTensor(permuted).isCloseTo(merged, 1e-10, 1e-12);
        }
    }

    @ParameterizedTest(name = "{0}, seed {1}")
    @MethodSource("subjects")
    void aModelMergedWithItselfIsItself(String name, long seed) {
        Subject subject = Objects.requireNonNull(SUBJECTS.get(name));
        try (var scope = Scope.open()) {
            Tensor model = noise(new Seed(seed));
            Tensor merged = subject.weights()
                    .apply(weights(subject))
                    .combine(NAME, Collections.nCopies(subject.models(), model));
            assertTensor(merged).isCloseTo(model, 1e-10, 1e-12);
        }
    }

    @ParameterizedTest(name = "{0}, seed {1}")
    @MethodSource("subjects")
    void shapeAndTypeAreKeptAndInputsAreNotTouched(String name, long seed) {
        Subject subject = Objects.requireNonNull(SUBJECTS.get(name));
        for (ScalarType type : List.of(ScalarType.Float, ScalarType.BFloat16, ScalarType.Half, ScalarType.Double)) {
            try (var scope = Scope.open()) {
                List<Tensor> tensors = draw(subject, seed, type);
                List<Tensor> before = tensors.stream().map(Tensor::clone).toList();
                Tensor merged = subject.weights().apply(weights(subject)).combine(NAME, tensors);
                assertThat(merged.scalar_type().intern()).isEqualTo(type);
                assertThat(Tensors.shape(merged)).containsExactly(5, 3);
                for (int i = 0; i < tensors.size(); i++) {
                    assertTensor(tensors.get(i)).isEqualTo(before.get(i));
                }
            }
        }
    }

    @ParameterizedTest(name = "{0}, seed {1}")
    @MethodSource("subjects")
    void theSameModelsGiveTheSameBits(String name, long seed) {
        Subject subject = Objects.requireNonNull(SUBJECTS.get(name));
        try (var scope = Scope.open()) {
            List<Tensor> tensors = draw(subject, seed, ScalarType.BFloat16);
            Tensor once = subject.weights().apply(weights(subject)).combine(NAME, tensors);
            Tensor again = subject.weights().apply(weights(subject)).combine(NAME, tensors);
            assertTensor(again).isEqualTo(once);
        }
    }

    @ParameterizedTest(name = "{0}, seed {1}")
    @MethodSource("subjects")
    void lowPrecisionIsRoundedOnce(String name, long seed) {
        Subject subject = Objects.requireNonNull(SUBJECTS.get(name));
        try (var scope = Scope.open()) {
            List<Tensor> stored = draw(subject, seed, ScalarType.BFloat16);
            List<Tensor> exact =
                    stored.stream().map(w -> w.to(ScalarType.Double)).toList();
            Combiner combiner = subject.weights().apply(weights(subject));
            Tensor expected = combiner.combine(NAME, exact);
            assertTensor(combiner.combine(NAME, stored)).isCloseTo(expected, 1.0 / 256 + 1e-4, 1e-6); // half a bf16 ulp
        }
    }
}
