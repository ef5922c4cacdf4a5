package org.counterweight.merge.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.counterweight.testing.TensorAssert.assertTensor;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.catalogue.Catalogue;
import org.counterweight.config.Configs;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;
import org.counterweight.merge.CombinerConfig;
import org.counterweight.merge.InMemory;
import org.counterweight.merge.mergekit.MergeMethod;
import org.counterweight.merge.thin.Draws;
import org.counterweight.merge.thin.MagnitudeRanks;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Properties of whole merges, on small models. */
class StreamingMergeTest {
    private static final MergeOptions PLAIN = MergeOptions.defaults();

    @TempDir
    Path root;

    private SmallModels small() {
        return new SmallModels(root);
    }

    static Stream<String> methodsAndTypes() {
        return MergeMethod.all()
                .flatMap(
                        method -> Stream.of("float32", "bfloat16", "float16").map(type -> method.label() + " " + type));
    }

    /** Merging a model with itself gives the model, to the last bit. */
    @ParameterizedTest
    @MethodSource("methodsAndTypes")
    void equalModelsStayAsTheyAre(String methodAndType) {
        String method = methodAndType.split(" ")[0];
        ScalarType type = type(methodAndType.split(" ")[1]);
        try (var scope = Scope.open()) {
            Map<String, Tensor> base = SmallModels.draw(1, 2, type);
            for (String name : List.of("base", "a", "b")) {
                small().write(name, base, 2);
            }
            Map<String, Tensor> merged = small().merge(SmallModels.recipe(method), PLAIN);
            assertThat(merged).containsOnlyKeys(base.keySet());
            base.forEach(
                    (name, tensor) -> assertTensor(merged.get(name)).as(name).isEqualTo(tensor));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "dare_ties",
                "della",
                "breadcrumbs",
                "ties",
                "nuslerp",
                "model_stock",
                "linear",
                "karcher",
                "sce",
                "arcee_fusion"
            })
    void threadsAndShardsChangeNoBit(String method) {
        try (var scope = Scope.open()) {
            small().writeThree(3, ScalarType.BFloat16);
            Map<String, Tensor> one = small().merge(SmallModels.recipe(method), with("num_threads", 1));
            Map<String, Tensor> four = small().merge(SmallModels.recipe(method), with("num_threads", 4));
            Map<String, Tensor> shards = small().merge(SmallModels.recipe(method), with("out_shard_size", 3000));
            one.forEach((name, tensor) -> {
                assertTensor(four.get(name)).as(name).isEqualTo(tensor);
                assertTensor(shards.get(name)).as(name).isEqualTo(tensor);
            });
        }
    }

    static Stream<String> methods() {
        return MergeMethod.all()
                .filter(method -> method.settings()
                        == Catalogue.named(method.label(), "test").config())
                .map(MergeMethod::label);
    }

    /** Streamed and in memory a method is one, to the last bit: settings by their defaults or what explain begins with. */
    @ParameterizedTest
    @MethodSource("methods")
    void whatIsStreamedIsWhatMemoryGives(String label) {
        MergeMethod method = MergeMethod.named(label);
        try (var scope = Scope.open()) {
            Map<String, Map<String, Tensor>> models = small().writeThree(4, ScalarType.Float);
            boolean based = method.models().needBase() // in memory nothing else tells a base from a model
                    || method.usesBase() && method.models().takes().most() < Integer.MAX_VALUE;
            var used = new ArrayList<String>(based ? List.of("base") : List.of());
            List.of("a", "b").stream()
                    .limit(Math.min(2, method.models().takes().most()))
                    .forEach(used::add);
            ObjectNode settings = Configs.sample(method.settings().asSubclass(Record.class));
            ObjectNode parameters = Configs.JSON.createObjectNode();
            settings.properties().forEach(entry -> {
                JsonNode value = entry.getValue();
                if (!value.isNull()) { // a list has one number for all models here
                    parameters.set(entry.getKey(), value.isArray() ? value.get(0) : value);
                    settings.set(
                            entry.getKey(),
                            value.isArray() ? Configs.JSON.createArrayNode().add(value.get(0)) : value);
                }
            });
            ObjectNode recipe = Configs.JSON.createObjectNode().put("merge_method", label);
            if (based) {
                recipe.put("base_model", "base");
            }
            var list = recipe.putArray("models");
            used.stream()
                    .filter(name -> !name.equals("base"))
                    .forEach(name -> list.addObject().put("model", name));
            recipe.set("parameters", parameters);
            Map<String, Tensor> merged = small().merge(recipe.toString(), with("min_keep", 1));
            var config =
                    (CombinerConfig) Configs.bind(settings, method.settings().asSubclass(Record.class), label);
            InMemory.merge(
                            config,
                            used.stream()
                                    .map(name -> Objects.requireNonNull(models.get(name)))
                                    .toList())
                    .forEach((tensor, expected) ->
                            assertTensor(merged.get(tensor)).as(tensor).isEqualTo(expected));
        }
    }

    @Test
    void anotherSeedDrawsOtherMasks() {
        try (var scope = Scope.open()) {
            small().writeThree(2, ScalarType.Float);
            Map<String, Tensor> first = small().merge(SmallModels.recipe("dare_linear"), with("random_seed", 1));
            Map<String, Tensor> other = small().merge(SmallModels.recipe("dare_linear"), with("random_seed", 2));
            String name = "model.layers.0.mlp.up_proj.weight";
            assertThat(first.getOrDefault(name, torch.ones(1)).equal(other.getOrDefault(name, torch.ones(1))))
                    .isFalse();
        }
    }

    @Test
    void slerpEndsAtItsModels() {
        try (var scope = Scope.open()) {
            Map<String, Map<String, Tensor>> models = small().writeThree(2, ScalarType.Float);
            for (int t = 0; t <= 1; t++) {
                Map<String, Tensor> merged = small().merge(
                                "{merge_method: slerp, base_model: base, models: [{model: a}], parameters: {t: " + t
                                        + "}}",
                                PLAIN);
                models.getOrDefault(t == 0 ? "base" : "a", Map.of())
                        .forEach((name, tensor) ->
                                assertTensor(merged.get(name)).as(name).isCloseTo(tensor, 1e-6, 0));
            }
        }
    }

    @Test
    void nuslerpOfTwoIsSlerp() {
        try (var scope = Scope.open()) {
            small().writeThree(2, ScalarType.Float);
            Map<String, Tensor> slerp = small().merge(
                            "{merge_method: slerp, base_model: a, models: [{model: b}], parameters: {t: 0.3}}", PLAIN);
            Map<String, Tensor> nuslerp = small().merge(
                            "{merge_method: nuslerp, models: [{model: a, parameters: {weight: 0.7}},"
                                    + " {model: b, parameters: {weight: 0.3}}]}",
                            PLAIN);
            slerp.forEach(
                    (name, tensor) -> assertTensor(nuslerp.get(name)).as(name).isCloseTo(tensor, 1e-6, 1e-7));
        }
    }

    @Test
    void oneTaskVectorOfWeightOneIsTheModel() {
        try (var scope = Scope.open()) {
            Map<String, Map<String, Tensor>> models = small().writeThree(2, ScalarType.Float);
            for (String method : List.of("task_arithmetic", "ties", "dare_ties", "della", "breadcrumbs")) {
                Map<String, Tensor> merged = small().merge(
                                "{merge_method: " + method + ", base_model: base,"
                                        + " models: [{model: a, parameters: {weight: 1, density: 1}}]}",
                                PLAIN);
                models.getOrDefault("a", Map.of())
                        .forEach((name, tensor) -> assertTensor(merged.get(name))
                                .as(method + " " + name)
                                .isEqualTo(tensor));
            }
        }
    }

    /** Unweighted, so that what is kept of one model is what differs from the base. */
    @ParameterizedTest(name = "density {0}")
    @ValueSource(doubles = {0.1, 0.37, 0.9})
    void tiesKeepsExactlyAsManyAsItShould(double density) {
        try (var scope = Scope.open()) {
            Map<String, Map<String, Tensor>> models =
                    small().writeThree(2, ScalarType.BFloat16); // many equal magnitudes
            Map<String, Tensor> merged = small().merge(
                            "{merge_method: ties, base_model: base, models: [{model: a, parameters: {weight: 1,"
                                    + " density: "
                                    + density + "}}], out_dtype: float32}",
                            PLAIN);
            models.getOrDefault("base", Map.of()).forEach((name, base) -> {
                Tensor changed = merged.getOrDefault(name, base).ne(base.to(ScalarType.Float));
                Tensor differs = models.getOrDefault("a", Map.of())
                        .getOrDefault(name, base)
                        .ne(base);
                long kept = (long) Math.floor(density * base.numel());
                assertThat(changed.sum().item_long())
                        .as(name)
                        .isEqualTo(Math.min(kept, differs.sum().item_long()));
            });
        }
    }

    @ParameterizedTest(name = "{0}, seed {1}, sampled {2}")
    @CsvSource({"400, 1, true", "1000, 2, true", "70000, 3, true", "200000, 4, true", "70000, 5, false"})
    void selectionFindsWhatSortingFinds(int size, long seed, boolean sampled) {
        try (var scope = Scope.open()) {
            double[] values = Tensors.toDoubles(torch.randn(
                            new long[] {size},
                            Tensors.optional(new Seed(seed).generator()),
                            Tensors.options(ScalarType.Float))
                    .to(ScalarType.BFloat16));
            double[] sorted = Arrays.stream(values).map(Math::abs).sorted().toArray();
            long[] wanted = {0, size / 3, size - 1};
            var ranks = new MagnitudeRanks(size, wanted);
            ranks.sample(sampled ? values : new double[] {1e-30}, sampled ? size : 1);
            ranks.aim();
            ranks.count(values, size);
            assertThat(ranks.hasMissed()).isEqualTo(!sampled);
            if (!sampled) {
                ranks.aimAgain();
                ranks.countAgain(values, size);
            }
            for (int i = 0; i < wanted.length; i++) {
                MagnitudeRanks.Found found = ranks.found(i);
                double expected = sorted[(int) wanted[i]];
                assertThat((double) Float.intBitsToFloat(found.bits())).isEqualTo(expected);
                assertThat(found.smaller())
                        .isEqualTo(Arrays.stream(sorted)
                                .filter(magnitude -> magnitude < expected)
                                .count());
                assertThat(found.equal())
                        .isEqualTo(Arrays.stream(sorted)
                                .filter(magnitude -> magnitude == expected)
                                .count());
            }
        }
    }

    @Test
    void drawsAreEven() {
        Draws draws = Draws.of(7, 1, "w");
        long kept = IntStream.range(0, 100_000).filter(i -> draws.keeps(i, 0.3)).count();
        assertThat(kept / 1e5).isBetween(0.3 - 4 * Math.sqrt(0.21 / 1e5), 0.3 + 4 * Math.sqrt(0.21 / 1e5));
    }

    private static ScalarType type(String name) {
        return switch (name) {
            case "float32" -> ScalarType.Float;
            case "bfloat16" -> ScalarType.BFloat16;
            default -> ScalarType.Half;
        };
    }

    private static MergeOptions with(String key, long value) {
        return Configs.bind(Configs.tree(PLAIN).put(key, value), MergeOptions.class, "");
    }
}
