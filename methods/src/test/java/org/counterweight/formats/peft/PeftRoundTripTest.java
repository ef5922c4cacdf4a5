package org.counterweight.formats.peft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.counterweight.testing.TensorAssert.assertTensor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.bytedeco.pytorch.Generator;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.adapt.AdapterConfig;
import org.counterweight.adapt.TargetRules;
import org.counterweight.adapt.Targets;
import org.counterweight.adapt.adalora.AdaLoraConfig;
import org.counterweight.adapt.bone.BoneConfig;
import org.counterweight.adapt.lowrank.DoraConfig;
import org.counterweight.adapt.lowrank.LoraConfig;
import org.counterweight.adapt.sorsa.SorsaConfig;
import org.counterweight.config.ConfigException;
import org.counterweight.config.Configs;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;
import org.counterweight.formats.peft.config.PeftConfig;
import org.counterweight.model.Model;
import org.counterweight.model.Parametrization;
import org.counterweight.model.Params;
import org.counterweight.model.zoo.Architectures;
import org.counterweight.weights.SafetensorsFile;
import org.counterweight.weights.WeightsException;
import org.counterweight.weights.WeightsWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is written is read again to the same effective weights; what does not fit is refused by name. */
class PeftRoundTripTest {
    private static final Model MODEL = Architectures.of(Configs.json("""
            {"model_type": "bert", "architectures": ["BertForSequenceClassification"], "vocab_size": 20,
             "hidden_size": 8, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 12,
             "max_position_embeddings": 10, "num_labels": 3}
            """, "test"));

    @TempDir
    Path directory;

    private static AdapterConfig settings(String name) {
        String targets = "\"targets\": [\"query\", \"attention.output.dense\"]";
        return switch (name) {
            case "lora" -> bind("{\"r\": 3, \"alpha\": 6, " + targets + "}", LoraConfig.class);
            case "rslora" ->
                bind("{\"r\": 3, \"alpha\": 6, \"rank_stabilized\": true, " + targets + "}", LoraConfig.class);
            case "pissa" -> bind("{\"r\": 3, \"alpha\": 6, \"init\": \"pissa\", " + targets + "}", LoraConfig.class);
            case "pissa-rslora" ->
                bind(
                        "{\"r\": 3, \"alpha\": 6, \"init\": \"pissa\", \"rank_stabilized\": true, " + targets + "}",
                        LoraConfig.class);
            case "adalora" ->
                bind("{\"init_r\": 4, \"target_r\": 2, \"total_step\": 10, " + targets + "}", AdaLoraConfig.class);
            case "sorsa" -> bind("{\"r\": 3, " + targets + "}", SorsaConfig.class);
            case "dora" -> bind("{\"r\": 3, \"alpha\": 6, " + targets + "}", DoraConfig.class);
            case "all-linear" -> bind("{\"r\": 2, \"targets\": [\"all-linear\"]}", LoraConfig.class);
            default ->
                bind("{\"r\": 4, \"mini_r\": 2, \"variant\": \"" + name + "\", " + targets + "}", BoneConfig.class);
        };
    }

    private static <R extends Record> R bind(String json, Class<R> type) {
        return Configs.bind(Configs.json(json, "test"), type, "");
    }

    private record Trained(Map<String, Tensor> base, Targets targets, Params params) {}

    /** A base, and an adapter whose tensors have moved. */
    private static Trained trained(AdapterConfig settings) {
        Generator random = new Seed(3).generator();
        Map<String, Tensor> base = MODEL.initialize(random);
        Targets targets = Targets.of(MODEL, TargetRules.of(settings.targets()), "adapter.targets");
        var adapters = new LinkedHashMap<String, Parametrization>();
        try (var off = Tensors.noGrad()) {
            for (String module : targets.modules()) {
                Parametrization adapter =
                        settings.create(module, Objects.requireNonNull(base.get(module + ".weight")), random);
                adapter.trainables()
                        .values()
                        .forEach(tensor -> tensor.add_(
                                tensor.new_empty(Tensors.shape(tensor)).normal_(0, 0.1, Tensors.optional(random))));
                adapters.put(module + ".weight", adapter);
            }
        }
        return new Trained(base, targets, Params.of(base).parametrized(adapters));
    }

    private Path written(AdapterConfig settings, Trained trained) {
        Path out = directory.resolve("adapter");
        new PeftWriter(settings, trained.targets().modules(), "base", "SEQ_CLS", List.of("classifier"))
                .write(out, trained.params(), Map.of());
        return out;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "lora",
                "rslora",
                "pissa",
                "pissa-rslora",
                "dora",
                "adalora",
                "sorsa",
                "all-linear",
                "bone",
                "bat",
                "mini"
            })
    void whatIsWrittenIsReadAgain(String name) {
        try (var scope = Scope.open()) {
            AdapterConfig settings = settings(name);
            Trained trained = trained(settings);
            PeftAdapter read = PeftAdapter.read(written(settings, trained), MODEL, "bert", trained.base());
            Map<String, Tensor> expected = trained.params().materialized();
            Map<String, Tensor> merged = read.merged(trained.base());
            assertThat(read.warnings()).isEmpty();
            assertThat(read.parametrizations()).hasSameSizeAs(trained.targets().modules());
            expected.forEach((weight, tensor) ->
                    assertTensor(merged.get(weight)).as(weight).isCloseTo(tensor, 1e-5, 1e-6));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"bat_row", "rows"})
    void whatPeftHasNoTypeForIsRefusedAndNothingIsLeft(String variant) {
        try (var scope = Scope.open()) {
            AdapterConfig settings = settings(variant);
            Trained trained = trained(settings);
            assertThatThrownBy(() -> written(settings, trained))
                    .isInstanceOf(ConfigException.class)
                    .hasMessageContaining(variant);
            assertThat(directory).isEmptyDirectory();
        }
    }

    @Test
    void aMissingAnExtraAWronglyShapedAndANotFiniteTensorAreNamed() throws IOException {
        try (var scope = Scope.open()) {
            AdapterConfig settings = settings("lora");
            Trained trained = trained(settings);
            Path out = written(settings, trained);
            String name = PeftAdapter.PREFIX + "bert.encoder.layer.0.attention.self.query.lora_B.weight";
            Map<String, Tensor> good = tensors(out);

            var missing = new LinkedHashMap<>(good);
            missing.remove(name);
            assertRefused(out, missing, trained, "query", "lora_B.weight");

            var extra = new LinkedHashMap<>(good);
            extra.put(PeftAdapter.PREFIX + "bert.pooler.dense.lora_A.weight", Tensors.zeros(3, 8));
            assertRefused(out, extra, trained, "bert.pooler.dense.lora_A.weight");

            var wrong = new LinkedHashMap<>(good);
            wrong.put(name, Tensors.zeros(8, 2));
            assertRefused(out, wrong, trained, "query", "[8, 2]", "[8, 3]");

            var notFinite = new LinkedHashMap<>(good);
            notFinite.put(name, Tensors.zeros(8, 3).fill_(Tensors.scalar(Double.NaN)));
            assertRefused(out, notFinite, trained, "query", "NaN");
        }
    }

    private static Map<String, Tensor> tensors(Path out) {
        var tensors = new LinkedHashMap<String, Tensor>();
        try (SafetensorsFile file = SafetensorsFile.open(out.resolve(PeftAdapter.FILE))) {
            file.all().forEach((name, tensor) -> tensors.put(name, tensor.clone()));
        }
        return tensors;
    }

    private static void assertRefused(Path out, Map<String, Tensor> tensors, Trained trained, String... words)
            throws IOException {
        Files.delete(out.resolve(PeftAdapter.FILE));
        WeightsWriter.write(out.resolve(PeftAdapter.FILE), tensors, Map.of());
        assertThatThrownBy(() -> PeftAdapter.read(out, MODEL, "bert", trained.base()))
                .isInstanceOf(WeightsException.class)
                .hasMessageContainingAll(words);
    }

    @Test
    void aTargetThatMatchesNothingIsNamedWithTheNearest() {
        assertThatThrownBy(() -> Targets.of(MODEL, TargetRules.of(List.of("quary")), "adapter.targets"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContainingAll("adapter.targets", "quary", "query", "2 modules");
        assertThat(Targets.of(MODEL, TargetRules.of(List.of("query", "value")), "adapter.targets")
                        .summary())
                .isEqualTo("adapting 4 of 14 linear modules: query 2, value 2");
    }

    @Test
    void aPickleIsRefused() throws IOException {
        try (var scope = Scope.open()) {
            AdapterConfig settings = settings("lora");
            Trained trained = trained(settings);
            Path out = written(settings, trained);
            Files.move(out.resolve(PeftAdapter.FILE), out.resolve("adapter_model.bin"));
            assertThatThrownBy(() -> PeftAdapter.read(out, MODEL, "bert", trained.base()))
                    .isInstanceOf(WeightsException.class)
                    .hasMessageContaining("pickle");
        }
    }

    /** An adapter's file again, each tensor under another name. */
    private static void rewrite(Path adapter, UnaryOperator<String> name) {
        Path file = adapter.resolve(PeftAdapter.FILE);
        var changed = new LinkedHashMap<String, Tensor>();
        try (SafetensorsFile stored = SafetensorsFile.open(file)) {
            stored.all().forEach((old, tensor) -> changed.put(name.apply(old), tensor.clone()));
        }
        WeightsWriter.write(file, changed, Map.of());
    }

    private static void assertSame(Trained trained, Path adapter) {
        Map<String, Tensor> base = trained.base();
        Map<String, Tensor> expected = trained.params().materialized();
        Params read = PeftAdapter.read(adapter, MODEL, "bert", base).attach(Params.of(base));
        for (String name : read.parametrized()) {
            assertTensor(read.materialized(name, Objects.requireNonNull(base.get(name))))
                    .as(name)
                    .isEqualTo(Objects.requireNonNull(expected.get(name)));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"before 0.11", "state dict", "AutoModel"})
    void otherLayoutsAreReadToo(String layout) throws IOException {
        try (var scope = Scope.open()) {
            AdapterConfig settings = settings("lora");
            Trained trained = trained(settings);
            Path adapter = written(settings, trained);
            switch (layout) {
                case "before 0.11" -> {
                    Path config = adapter.resolve(PeftConfig.FILE);
                    var tree = Configs.read(config);
                    tree.putNull("modules_to_save");
                    Files.writeString(config, tree.toString());
                }
                case "state dict" ->
                    rewrite(
                            adapter,
                            name -> name.replaceFirst("(lora_[AB])", "$1.default")
                                    .replace("model.classifier.", "model.classifier.modules_to_save.default."));
                default -> rewrite(adapter, name -> name.replace("model.bert.", "model."));
            }
            assertSame(trained, adapter);
            assertThat(PeftAdapter.read(adapter, MODEL, "bert", trained.base()).replacements())
                    .containsKey("classifier.weight");
            assertThat(SavedWhole.of(adapter).classes("classifier")).hasValue(3);
        }
    }

    /** What PiSSA and OLoRA took out of a base is found again in it, whatever the base is stored in. */
    @ParameterizedTest
    @ValueSource(strings = {"pissa", "lora", "dora", "bat", "adalora"})
    void aBaseInHalfPrecisionIsComputedWithInFloat32(String name) {
        try (var scope = Scope.open()) {
            AdapterConfig settings = settings(name);
            Trained fresh = trained(settings);
            var half = new LinkedHashMap<>(fresh.base());
            half.replaceAll((weight, tensor) -> tensor.to(ScalarType.BFloat16));
            var wide = new LinkedHashMap<>(half);
            wide.replaceAll((weight, tensor) -> tensor.to(ScalarType.Float));
            Path adapter = written(settings, fresh);
            Params read = PeftAdapter.read(adapter, MODEL, "bert", wide).attach(Params.of(wide));
            Params narrow = PeftAdapter.read(adapter, MODEL, "bert", half).attach(Params.of(half));
            for (String weight : read.parametrized()) {
                Tensor base = Objects.requireNonNull(wide.get(weight));
                assertTensor(narrow.materialized(weight, base)).isCloseTo(read.materialized(weight, base), 0, 1e-6);
            }
        }
    }
}
