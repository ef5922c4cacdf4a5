package org.counterweight.merge.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.counterweight.testing.TensorAssert.assertTensor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.catalogue.Catalogue;
import org.counterweight.config.ConfigException;
import org.counterweight.config.Configs;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;
import org.counterweight.merge.CombinerConfig;
import org.counterweight.merge.InMemory;
import org.counterweight.merge.mergekit.MergeMethod;
import org.counterweight.merge.mergekit.MergeRecipe;
import org.counterweight.merge.thin.Draws;
import org.counterweight.merge.thin.MagnitudeRanks;
import org.counterweight.weights.ModelDirectory;
import org.counterweight.weights.WeightsException;
import org.counterweight.weights.ledger.Ledger;
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
            Map<String, Tensor> merged = small().merge(recipe(method), PLAIN);
            assertThat(merged).containsOnlyKeys(base.keySet());
            base.forEach(
                    (name, tensor) -> assertTensor(merged.get(name)).as(name).isEqualTo(tensor));
        }
    }

    private static String recipe(String method) {
        return switch (method) {
            case "passthrough" -> "{merge_method: passthrough, models: [{model: a}]}";
            case "slerp" -> "{merge_method: slerp, base_model: base, models: [{model: a}], parameters: {t: 0.3}}";
            case "linear" -> "{merge_method: linear, models: [{model: a}, {model: b}], parameters: {weight: 0.3}}";
            case "wise_ft", "lines" -> "{merge_method: " + method + ", base_model: base, models: [{model: a}]}";
            default ->
                "{merge_method: " + method + ", base_model: base, models: [{model: a}, {model: b}],"
                        + " parameters: {weight: 0.6, density: 0.5}}";
        };
    }

    @ParameterizedTest
    @ValueSource(strings = {"dare_ties", "della", "breadcrumbs", "ties", "nuslerp", "model_stock", "linear"})
    void threadsAndShardsChangeNoBit(String method) {
        try (var scope = Scope.open()) {
            small().writeThree(3, ScalarType.BFloat16);
            Map<String, Tensor> one = small().merge(recipe(method), with("num_threads", 1));
            Map<String, Tensor> four = small().merge(recipe(method), with("num_threads", 4));
            Map<String, Tensor> shards = small().merge(recipe(method), with("out_shard_size", 3000));
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
            var used = new ArrayList<String>(method.usesBase() ? List.of("base") : List.of());
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
            if (method.usesBase()) {
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
            Map<String, Tensor> first = small().merge(recipe("dare_linear"), with("random_seed", 1));
            Map<String, Tensor> other = small().merge(recipe("dare_linear"), with("random_seed", 2));
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
                            "{merge_method: ties, base_model: base, models: [{model: a, parameters: {weight: 1, density: "
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

    @Test
    void theLedgerNamesItsInputs() {
        try (var scope = Scope.open()) {
            small().writeThree(2, ScalarType.Float);
            small().merge(recipe("model_stock"), PLAIN);
            try (ModelDirectory out = ModelDirectory.open(root.resolve("out"))) {
                Ledger ledger = Ledger.in(out.metadata()).orElseThrow();
                assertThat(ledger.method()).isEqualTo("model_stock");
                assertThat(ledger.inputs()).extracting(Ledger.Input::name).containsExactly("a", "b", "base");
                assertThat(ledger.verify(root::resolve)).allMatch(Ledger.Check::agrees);
            }
        }
    }

    @Test
    void theLedgerHasTheOptionsThatChangeNumbers() {
        try (var scope = Scope.open()) {
            small().writeThree(1, ScalarType.Float);
            for (MergeOptions options : List.of(PLAIN, with("min_keep", 2), with("num_threads", 1))) {
                small().merge(recipe("ties"), options);
                try (ModelDirectory out = ModelDirectory.open(root.resolve("out"))) {
                    var config = Ledger.in(out.metadata()).orElseThrow().config();
                    assertThat(config.path("merge_method").asString()).isEqualTo("ties");
                    assertThat(config.path("options").toString())
                            .isEqualTo(options.minKeep() == 2 ? "{\"min_keep\":2}" : "");
                }
            }
        }
    }

    @Test
    void aMergeThatFailsLeavesNothing() throws IOException {
        try (var scope = Scope.open()) {
            small().writeThree(2, ScalarType.Float);
            MergeRecipe recipe = MergeRecipe.parse(recipe("linear"), root, "test");
            try (MergePlan plan = MergePlan.of(recipe, PLAIN)) {
                assertThatThrownBy(() -> StreamingMerge.run(plan, root.resolve("out"), state -> {
                            throw new IllegalStateException("pulled the plug");
                        }))
                        .hasMessage("pulled the plug");
            }
            try (Stream<Path> left = Files.list(root)) {
                assertThat(left.map(path -> path.getFileName().toString())).containsExactlyInAnyOrder("a", "b", "base");
            }
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{merge_method: dare-ties, base_model: base, models: [{model: a}]}|did you mean \"dare_ties\"",
                "{merge_method: karcher, models: [{model: a}]}|known mergekit method, not supported",
                "{merge_method: linear, modles: [{model: a}]}|modles is unknown; did you mean \"models\"",
                "{merge_method: linear}|exactly one of models, slices and modules, found none",
                "{models: [{model: a}]}|merge_method is missing",
                "{merge_method: linear, models: [{model: nowhere}]}|\"nowhere\" is no local directory",
                "{merge_method: linear, models: [{model: a, parameters: {wieght: 1}}]}|did you mean \"weight\"",
                "{merge_method: linear, models: [{model: a}]}|parameters.weight is not set for a",
                "{merge_method: linear, models: [{model: a}, {model: b}], parameters: {weight: [1, x, {}]}}|parameters.weight",
                "{merge_method: linear, models: [{model: a, parameters: {weight: 1}}, {model: b, parameters: {weight: -1}}]}|the weights sum to 0",
                "{merge_method: linear, dtype: int7, models: [{model: a}], parameters: {weight: 1}}|dtype: \"int7\" is not allowed",
                "{merge_method: ties, models: [{model: a}], parameters: {weight: 1}}|base_model is missing; ties needs one",
                "{merge_method: ties, base_model: base, models: [{model: a}], parameters: {weight: 1, density: 0.001}}|keeps none; raise it",
                "{merge_method: della, base_model: base, models: [{model: a}], parameters: {weight: 1, density: 0.9}}|0.9 ± 0.15",
                "{merge_method: slerp, base_model: base, models: [{model: a}, {model: b}], parameters: {t: 0.5}}|slerp takes exactly one model beside base_model, found 2",
                "{merge_method: model_stock, base_model: base, models: [{model: a}]}|at least two models beside base_model, found 1",
                "{merge_method: passthrough, slices: [{sources: [{model: a, layer_range: [0, 9]}]}]}|lies outside of a, which has 2 layers",
                "{merge_method: linear, slices: [{sources: [{model: a, layer_range: [0, 1]}, {model: b, layer_range: [0, 2]}]}], parameters: {weight: 1}}|all ranges of a slice have one length",
                "{merge_method: linear, models: [{model: wide}, {model: a}], parameters: {weight: 1}}|shapes",
                "{merge_method: linear, models: [{model: a}, {model: holed}], parameters: {weight: 1}}|has no model.norm.weight, which a has",
                "{merge_method: linear, models: [{model: a}, {model: miscounted}], parameters: {weight: 1}}|its config says num_hidden_layers: 7",
                "{merge_method: linear, models: [{model: a}], tokenizer_source: union, parameters: {weight: 1}}|has no tokenizer.json",
                "{merge_method: 3, models: [{model: a}]}|merge_method: 3 is not allowed",
                "{merge_method: linear, dtype: [float32], models: [{model: a}], parameters: {weight: 1}}|dtype: [\"float32\"] is not allowed",
                "{merge_method: linear, modules: {default: {models: [{model: a}], paramters: {weight: 1}}}}|modules.default.paramters is unknown; did you mean \"parameters\"?",
                "{merge_method: linear, models: [{model: a}], parameters: {weight: [{filter: [mlp], value: 1}]}}|parameters.weight[0].filter: [\"mlp\"] is not allowed",
                "{merge_method: ties, base_model: base, models: [{model: a}], parameters: {weight: 1, density: 70}}|density of a (model.embed_tokens.weight): 70.0 is not allowed",
                "{merge_method: dare_ties, base_model: base, models: [{model: a}], parameters: {weight: 1, density: -0.1}}|-0.1 is not allowed; expected the share of elements that is kept",
                "{merge_method: della, base_model: base, models: [{model: a}], parameters: {weight: 1, density: 0.5, epsilon: -0.1}}|epsilon of a (model.embed_tokens.weight): -0.1 is not allowed",
                "{merge_method: linear, models: [{model: a}], parameters: {weight: 1}, tokenizer: {source: base, tokens: [x]}}|tokenizer.tokens: [\"x\"] is not allowed",
                "{merge_method: linear, models: [{model: a}], parameters: {weight: 1}, tokenizer: {source: base, tokens: {x: {source: a, force: maybe}}}}|tokenizer.tokens.x.force: \"maybe\" is not allowed",
                "{merge_method: linear, models: [{model: a}], parameters: {weight: 1}, tokenizer: {source: base, tokens: {x: {source: {kind: model_token, model: a, token_id: -1}}}}}|and one of token, a text, and token_id, a row",
            })
    void recipesThatCannotBe(String recipe, String message) throws IOException {
        try (var scope = Scope.open()) {
            Map<String, Map<String, Tensor>> models = small().writeThree(2, ScalarType.Float);
            var wide = new LinkedHashMap<String, Tensor>();
            models.getOrDefault("a", Map.of())
                    .forEach((name, tensor) -> wide.put(name, torch.cat(new TensorVector(tensor, tensor), 0)));
            small().write("wide", wide, 2);
            var holed = new LinkedHashMap<>(models.getOrDefault("a", Map.of()));
            holed.remove("model.norm.weight");
            small().write("holed", holed, 2);
            small().write("miscounted", models.getOrDefault("a", Map.of()), 7);
            assertThatThrownBy(() -> small().merge(recipe, PLAIN))
                    .isInstanceOfAny(ConfigException.class, WeightsException.class)
                    .hasMessageContaining(message);
            assertThat(root.resolve("out")).doesNotExist();
        }
    }

    @Test
    void theSameRecipeMayBeWrittenInMoreWays() {
        try (var scope = Scope.open()) {
            small().writeThree(2, ScalarType.Float);
            Map<String, Tensor> plain = small().merge(
                            "{merge_method: linear, models: [{model: a, parameters: {weight: 0.25}}, {model: b, parameters: {weight: 0.25}}]}",
                            PLAIN);
            Map<String, Tensor> marked = small().merge("""
                    merge_method: linear
                    models:
                      - model: {model: {path: a}}
                        parameters: &quarter {weight: .25}
                      - model: {model: b}
                        parameters: *quarter
                    parameters: ~
                    """, PLAIN);
            plain.forEach(
                    (name, tensor) -> assertTensor(marked.get(name)).as(name).isEqualTo(tensor));
        }
    }

    @Test
    void aFilterThatFitsNothingIsTold() {
        try (var scope = Scope.open()) {
            small().writeThree(1, ScalarType.Float);
            var recipe = MergeRecipe.parse(
                    "{merge_method: linear, models: [{model: a, parameters: {weight: [{filter: up_prj, value: 0},"
                            + " {filter: up_proj, value: 2}, {value: 1}]}}]}",
                    root,
                    "test");
            try (MergePlan plan = MergePlan.of(recipe, PLAIN)) {
                assertThat(plan.notes()).containsExactly("the filter \"up_prj\" is part of no tensor's name");
            }
        }
    }

    @Test
    void layersThatTheConfigDoesNotCountAreTold() throws IOException {
        try (var scope = Scope.open()) {
            small().writeThree(2, ScalarType.Float);
            Files.writeString(root.resolve("a/config.json"), "{\"text_config\": {\"num_hidden_layers\": 2}}");
            String slice = "{sources: [{model: a, layer_range: [0, 2]}]}";
            for (String slices : List.of(slice, slice + ", " + slice)) {
                var recipe = MergeRecipe.parse("{merge_method: passthrough, slices: [" + slices + "]}", root, "test");
                try (MergePlan plan = MergePlan.of(recipe, PLAIN)) {
                    assertThat(plan.notes())
                            .hasSize(slices.equals(slice) ? 0 : 1)
                            .allMatch(note ->
                                    note.startsWith("the output has 4 layers of model.layers, but the config of a "));
                }
            }
        }
    }

    @Test
    void listsByLayerFollowTheLayers() throws IOException {
        try (var scope = Scope.open()) {
            small().writeThree(3, ScalarType.Float);
            for (String model : List.of("a", "b")) {
                Files.writeString(
                        root.resolve(model).resolve("config.json"),
                        "{\"architectures\": [\"LlamaForCausalLM\"], \"num_hidden_layers\": 3, \"vocab_size\": 3,"
                                + " \"layer_types\": [\"%s0\", \"%s1\", \"%s2\"]}".replace("%s", model));
            }
            small().merge(
                            "{merge_method: passthrough, slices: [{sources: [{model: a, layer_range: [0, 2]}]},"
                                    + " {sources: [{model: b, layer_range: [1, 3]}]}]}",
                            PLAIN);
            var config = Configs.read(root.resolve("out/config.json"));
            assertThat(config.path("num_hidden_layers").asInt()).isEqualTo(4);
            assertThat(config.path("layer_types")).hasToString("[\"a0\",\"a1\",\"b1\",\"b2\"]");
        }
    }

    @Test
    void halvesThatDoNotFitAreNamed() {
        try (var scope = Scope.open()) {
            small().writeThree(1, ScalarType.Float);
            assertThatExceptionOfType(WeightsException.class)
                    .isThrownBy(() -> small().merge(
                                    "{merge_method: linear, out_dtype: float16, models: [{model: a}], parameters: {weight: 1e6,"
                                            + " normalize: false}}",
                                    PLAIN))
                    .withMessageContaining("beyond ±65504");
        }
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
