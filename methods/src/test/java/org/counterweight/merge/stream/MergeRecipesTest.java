package org.counterweight.merge.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.counterweight.testing.TensorAssert.assertTensor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.config.ConfigException;
import org.counterweight.config.Configs;
import org.counterweight.engine.Scope;
import org.counterweight.merge.mergekit.MergeRecipe;
import org.counterweight.weights.ModelDirectory;
import org.counterweight.weights.WeightsException;
import org.counterweight.weights.ledger.Ledger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What recipes may say, what is said of them, and what is written beside merged weights. */
class MergeRecipesTest {
    private static final MergeOptions PLAIN = MergeOptions.defaults();

    @TempDir
    Path root;

    private SmallModels small() {
        return new SmallModels(root);
    }

    @Test
    void theLedgerNamesItsInputs() {
        try (var scope = Scope.open()) {
            small().writeThree(2, ScalarType.Float);
            small().merge(SmallModels.recipe("model_stock"), PLAIN);
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
                small().merge(SmallModels.recipe("ties"), options);
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
            MergeRecipe recipe = MergeRecipe.parse(SmallModels.recipe("linear"), root, "test");
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
                "{merge_method: karcher, models: [{model: a}], parameters: {max_iter: -1}}|parameters.max_iter",
                "{merge_method: nearswap, base_model: base, models: [{model: a}], parameters: {t: -1}}|a number of at"
                        + " least 0",
                "{merge_method: linear, modles: [{model: a}]}|modles is unknown; did you mean \"models\"",
                "{merge_method: linear, models: [{model: a, parameters: {weight: \"much\"}}]}|parameters.weight for a"
                        + " (model.embed_tokens.weight): \"much\" is not allowed; expected a finite number",
                "{merge_method: linear, models: [{model: a, parameters: {weight: \"nan\"}}]}|\"nan\" is not allowed",
                "{merge_method: linear, models: [{model: a}], parameters: {weight: 1, normalize:"
                        + " \"perhaps\"}}|parameters.normalize (model.embed_tokens.weight): \"perhaps\" is not allowed",
                "{genome: {models: [a, b], merge_method: linear}, tasks: [{name: x}]}|genome: this is a search of"
                        + " mergekit-evolve",
                "{base_model: a, experts: [{source_model: b}]}|experts: this is a mixture of mergekit-moe",
                "{merge_method: linear}|exactly one of models, slices and modules, found none",
                "{models: [{model: a}]}|merge_method is missing",
                "{merge_method: linear, models: [{model: nowhere}]}|\"nowhere\" is no local directory",
                "{merge_method: linear, models: [{model: a, parameters: {wieght: 1}}]}|did you mean \"weight\"",
                "{merge_method: linear, models: [{model: a}]}|parameters.weight is not set for a",
                "{merge_method: linear, models: [{model: a}, {model: b}], parameters: {weight: [1, x,"
                        + " {}]}}|parameters.weight",
                "{merge_method: linear, models: [{model: a, parameters: {weight: 1}}, {model: b, parameters: {weight:"
                        + " -1}}]}|the weights sum to 0",
                "{merge_method: linear, dtype: int7, models: [{model: a}], parameters: {weight: 1}}|dtype: \"int7\" is"
                        + " not allowed",
                "{merge_method: ties, models: [{model: a}], parameters: {weight: 1}}|base_model is missing; ties needs"
                        + " one",
                "{merge_method: ties, base_model: base, models: [{model: a}], parameters: {weight: 1, density:"
                        + " 0.001}}|keeps none; raise it",
                "{merge_method: della, base_model: base, models: [{model: a}], parameters: {weight: 1, density:"
                        + " 0.9}}|0.9 ± 0.15",
                "{merge_method: slerp, base_model: base, models: [{model: a}, {model: b}], parameters: {t: 0.5}}|slerp"
                        + " takes exactly one model beside base_model, found 2",
                "{merge_method: model_stock, base_model: base, models: [{model: a}]}|at least two models beside"
                        + " base_model, found 1",
                "{merge_method: passthrough, slices: [{sources: [{model: a, layer_range: [0, 9]}]}]}|lies outside of"
                        + " a, which has 2 layers",
                "{merge_method: linear, slices: [{sources: [{model: a, layer_range: [0, 1]}, {model: b, layer_range:"
                        + " [0, 2]}]}], parameters: {weight: 1}}|all ranges of a slice have one length",
                "{merge_method: linear, models: [{model: wide}, {model: a}], parameters: {weight: 1}}|shapes",
                "{merge_method: linear, models: [{model: a}, {model: holed}], parameters: {weight: 1}}|has no"
                        + " model.norm.weight, which a has",
                "{merge_method: linear, models: [{model: a}, {model: miscounted}], parameters: {weight: 1}}|its config"
                        + " says num_hidden_layers: 7",
                "{merge_method: linear, models: [{model: a}], tokenizer_source: union, parameters: {weight: 1}}|has no"
                        + " tokenizer.json",
                "{merge_method: 3, models: [{model: a}]}|merge_method: 3 is not allowed",
                "{merge_method: linear, dtype: [float32], models: [{model: a}], parameters: {weight: 1}}|dtype:"
                        + " [\"float32\"] is not allowed",
                "{merge_method: linear, modules: {default: {models: [{model: a}], paramters: {weight:"
                        + " 1}}}}|modules.default.paramters is unknown; did you mean \"parameters\"?",
                "{merge_method: linear, models: [{model: a}], parameters: {weight: [{filter: [mlp], value:"
                        + " 1}]}}|parameters.weight[0].filter: [\"mlp\"] is not allowed",
                "{merge_method: ties, base_model: base, models: [{model: a}], parameters: {weight: 1, density:"
                        + " 70}}|density of a (model.embed_tokens.weight): 70.0 is not allowed",
                "{merge_method: dare_ties, base_model: base, models: [{model: a}], parameters: {weight: 1, density:"
                        + " -0.1}}|-0.1 is not allowed; expected a number in [0, 1] (the share of elements that is kept)",
                "{merge_method: della, base_model: base, models: [{model: a}], parameters: {weight: 1, density: 0.5,"
                        + " epsilon: -0.1}}|epsilon of a (model.embed_tokens.weight): -0.1 is not allowed",
                "{merge_method: linear, models: [{model: a}], parameters: {weight: 1}, tokenizer: {source: base,"
                        + " tokens: [x]}}|tokenizer.tokens: [\"x\"] is not allowed",
                "{merge_method: linear, models: [{model: a}], parameters: {weight: 1}, tokenizer: {source: base,"
                        + " tokens: {x: {source: a, force: maybe}}}}|tokenizer.tokens.x.force: \"maybe\" is not allowed",
                "{merge_method: linear, models: [{model: a}], parameters: {weight: 1}, tokenizer: {source: base,"
                        + " tokens: {x: {source: {kind: model_token, model: a, token_id: -1}}}}}|and one of token, a text,"
                        + " and token_id, a row",
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

    /** As mergekit's sum comes out; where one model is the base, in its type. */
    @ParameterizedTest
    @CsvSource({"a, b, linear, Float", "b, a, linear, Float", "a, b, slerp, BFloat16", "b, a, slerp, Float"})
    void modelsOfSeveralTypesMakeOneOfTheWidest(String first, String second, String method, ScalarType type)
            throws IOException {
        try (var scope = Scope.open()) {
            Map<String, Map<String, Tensor>> models = small().writeThree(1, ScalarType.Float);
            var half = new LinkedHashMap<String, Tensor>();
            Objects.requireNonNull(models.get("a"))
                    .forEach((name, tensor) -> half.put(name, tensor.to(ScalarType.BFloat16)));
            small().write("a", half, 1);
            for (String name : List.of("a", "b")) {
                Path config = root.resolve(name).resolve("config.json");
                String said = name.equals("a") ? "bfloat16" : "float32";
                Files.writeString(
                        config, Files.readString(config).replace("{", "{\"torch_dtype\": \"" + said + "\", "));
            }
            Map<String, Tensor> merged = small().merge(
                            "{merge_method: " + method + ", models: [{model: " + first + "}, {model: " + second + "}], "
                                    + (method.equals("slerp")
                                            ? "base_model: " + first + ", parameters: {t: 0.5}}"
                                            : "parameters: {weight: 0.5}}"),
                            PLAIN);
            assertThat(merged.values()).allMatch(tensor -> tensor.scalar_type().intern() == type);
            assertThat(Configs.read(root.resolve("out/config.json"))
                            .path("torch_dtype")
                            .asString())
                    .isEqualTo(type == ScalarType.Float ? "float32" : "bfloat16");
        }
    }

    /** What aliases mean often stands under a key of the author's own, which mergekit passes over. */
    @Test
    void aKeyMayHoldWhatAliasesMean() {
        try (var scope = Scope.open()) {
            small().writeThree(2, ScalarType.Float);
            MergeRecipe recipe = MergeRecipe.parse(
                    "x-shared: &quarter {weight: 0.25}\nmerge_method: linear\n"
                            + "models: [{model: a, parameters: *quarter}, {model: b, parameters: *quarter}]\n",
                    root,
                    "test");
            try (MergePlan plan = MergePlan.of(recipe, PLAIN)) {
                assertThat(plan.notes())
                        .containsExactly("x-shared is no key of a merge file and is read only where an alias says so");
            }
        }
        assertThatThrownBy(() -> MergeRecipe.parse("{merge_method: linear, dtyp: float32, models: [a]}", root, "test"))
                .hasMessageContaining("did you mean \"dtype\"?");
    }

    @Test
    void theSameRecipeMayBeWrittenInMoreWays() {
        try (var scope = Scope.open()) {
            small().writeThree(2, ScalarType.Float);
            Map<String, Tensor> plain = small().merge(
                            "{merge_method: linear, models: [{model: a, parameters: {weight: 0.25}}, {model: b,"
                                    + " parameters: {weight: 0.25}}]}",
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

    /** Numbers and truths in quotes are those that stand in them, in lists and ranges too. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "weight: 0.25, normalize: false|weight: \"0.25\", normalize: \"false\"",
                "weight: 0.25, normalize: true|weight: \" 2.5e-1 \", normalize: \"yes\"",
                "weight: 0.25, normalize: true|weight: .25, normalize: 1",
                "weight: 1, normalize: false|weight: \"1\", normalize: \"0\"",
                "weight: 1.0, normalize: false|weight: 1, normalize: off",
                "weight: [0, 0.5, 1], normalize: false|weight: [\"0\", \"0.5\", \"1\"], normalize: no",
                "weight: [0, 0.5], normalize: false|weight: [0, \".5\"], normalize: \"N\"",
                "weight: [{filter: mlp, value: 0.5}, {value: 1}], normalize: false|weight: [{filter: mlp, value:"
                        + " \"0.5\"}, {value: \"1\"}], normalize: \"False\""
            })
    void quotesChangeNothing(String plain, String quoted) {
        String recipe =
                "{merge_method: linear, slices: [{sources: [{model: a, layer_range: %2$s}, {model: b, layer_range:"
                        + " %2$s}]}], parameters: {%1$s}}";
        try (var scope = Scope.open()) {
            small().writeThree(2, ScalarType.Float);
            Map<String, Tensor> one = small().merge(recipe.formatted(plain, "[0, 2]"), PLAIN);
            Map<String, Tensor> other = small().merge(recipe.formatted(quoted, "[\"0\", 2.0]"), PLAIN);
            one.forEach((name, tensor) -> assertTensor(other.get(name)).as(name).isEqualTo(tensor));
        }
    }

    /** A file of several documents is told to be one. */
    @Test
    void severalDocumentsAreNoRecipe() {
        assertThatThrownBy(() -> MergeRecipe.parse("name: x\n---\nname: y\n", root, "two.yaml"))
                .isInstanceOf(ConfigException.class)
                .hasMessage("two.yaml: has 2 documents, as mergekit-multi reads them; cw merge makes them all, and a"
                        + " program reads them by RecipeDocuments");
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
            Files.writeString(root.resolve("a/config.json"), "{\"text_config\": {\"blocks\": 2}}");
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
                                    "{merge_method: linear, out_dtype: float16, models: [{model: a}], parameters:"
                                            + " {weight: 1e6, normalize: false}}",
                                    PLAIN))
                    .withMessageContaining("beyond ±65504");
        }
    }

    private static MergeOptions with(String key, long value) {
        return Configs.bind(Configs.tree(PLAIN).put(key, value), MergeOptions.class, "");
    }
}
