package org.counterweight.formats.peft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.counterweight.testing.TensorAssert.assertTensor;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.config.ConfigException;
import org.counterweight.config.Configs;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Tensors;
import org.counterweight.formats.AttachedAdapter;
import org.counterweight.formats.peft.config.PeftConfig;
import org.counterweight.model.Batch;
import org.counterweight.model.Model;
import org.counterweight.model.Params;
import org.counterweight.model.Pass;
import org.counterweight.model.zoo.Architectures;
import org.counterweight.weights.ModelDirectory;
import org.counterweight.weights.SafetensorsFile;
import org.counterweight.weights.WeightsException;
import org.counterweight.weights.WeightsWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.node.ObjectNode;

/** Directories that PEFT 0.21 wrote on transformers 5.18, with the logits that its models give when they have read them. */
class PrefixTuningTest {
    @TempDir
    private Path directory;

    private static Path theirs(String name) {
        try {
            return Path.of(Objects.requireNonNull(PrefixTuningTest.class.getResource("/formats/prefix/" + name))
                    .toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A base model of theirs. */
    private record Base(ModelDirectory files, Model model, Params params) implements AutoCloseable {
        static Base open(String name) {
            ModelDirectory files = ModelDirectory.open(theirs(name).resolve("base"));
            Model model = Architectures.of(files.config());
            return new Base(
                    files,
                    model,
                    Params.of(Architectures.fit(model, files.all()).byName()));
        }

        Params with(Path adapter) {
            AttachedAdapter attached = new PeftFormat(false).read(adapter, model, files.config(), params);
            assertThat(attached.warnings()).isEmpty();
            return attached.params();
        }

        @Override
        public void close() {
            files.close();
        }
    }

    @ParameterizedTest
    @CsvSource({"gpt2", "llama-projected", "bert-classifier"})
    void whatPeftWroteGivesPeftsLogits(String name) {
        try (var scope = Scope.open();
                var base = Base.open(name);
                var expected = SafetensorsFile.open(theirs(name).resolve("expected.safetensors"))) {
            Params params = base.with(theirs(name).resolve("adapter"));
            assertThat(Objects.requireNonNull(params.prefix()).length()).isEqualTo(3);
            var batch = new Batch(Map.of(
                    Batch.INPUT_IDS, expected.tensor("input_ids"),
                    Batch.ATTENTION_MASK, expected.tensor("attention_mask")));
            Tensor logits = base.model()
                    .forward(params, batch, Pass.evaluation())
                    .logits()
                    .detach();
            Tensor theirs = expected.tensor("logits");
            if (logits.dim() == 3) { // behind the end of the second text nothing is asked
                logits.select(0, 1).select(0, 3).zero_();
                theirs = theirs.clone();
                theirs.select(0, 1).select(0, 3).zero_();
            }
            assertTensor(logits).isCloseTo(theirs, 1e-4, 1e-5);
        }
    }

    @ParameterizedTest
    @CsvSource({"gpt2,CAUSAL_LM", "llama-projected,CAUSAL_LM", "bert-classifier,SEQ_CLS"})
    void whatIsWrittenIsWhatPeftWrote(String name, String task) {
        try (var scope = Scope.open();
                var base = Base.open(name)) {
            Path theirs = theirs(name).resolve("adapter");
            Path ours = directory.resolve("adapter");
            List<String> heads =
                    base.model().modules().heads().contains("classifier") ? List.of("classifier") : List.of();
            PrefixTuning.write(ours, base.model(), base.with(theirs), heads, "some/base", task, Map.of());
            try (var written = SafetensorsFile.open(ours.resolve(PeftAdapter.FILE));
                    var read = SafetensorsFile.open(theirs.resolve(PeftAdapter.FILE))) {
                assertThat(written.tensors()).containsOnlyKeys(read.tensors().keySet());
                read.tensors()
                        .keySet()
                        .forEach(tensor ->
                                assertTensor(written.tensor(tensor)).as(tensor).isEqualTo(read.tensor(tensor)));
            }
            ObjectNode expected = config(theirs);
            ObjectNode found = config(ours);
            assertThat(found.propertyNames()).containsExactlyInAnyOrderElementsOf(expected.propertyNames());
            for (String key : List.of(
                    "num_attention_heads", "num_layers", "num_virtual_tokens", "token_dim", "task_type", "peft_type")) {
                assertThat(found.get(key)).as(key).isEqualTo(expected.get(key));
            }
            assertThat(found.get("base_model_name_or_path").asString()).isEqualTo("some/base");
        }
    }

    private static ObjectNode config(Path adapter) {
        try {
            return Configs.read(adapter.resolve(PeftConfig.FILE));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** GPT-2's adapter, spoilt in its settings or in its tensors. */
    private Path spoilt(Consumer<ObjectNode> settings, Consumer<Map<String, Tensor>> tensors) {
        Path theirs = theirs("gpt2").resolve("adapter");
        try (var file = SafetensorsFile.open(theirs.resolve(PeftAdapter.FILE))) {
            ObjectNode config = config(theirs);
            settings.accept(config);
            Files.writeString(directory.resolve(PeftConfig.FILE), config.toString());
            var all = new LinkedHashMap<String, Tensor>();
            file.all().forEach((name, tensor) -> all.put(name, tensor.clone()));
            tensors.accept(all);
            WeightsWriter.write(directory.resolve(PeftAdapter.FILE), all, Map.of());
            return directory;
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "num_layers,3,2",
        "num_attention_heads,4,2",
        "token_dim,16,8",
        "num_transformer_submodules,2,1",
    })
    void settingsOfAnotherModelAreRefusedByName(String key, int said, int own) {
        try (var scope = Scope.open();
                var base = Base.open("gpt2")) {
            Path adapter = spoilt(config -> config.put(key, said), tensors -> {});
            assertThatThrownBy(() -> base.with(adapter))
                    .isInstanceOf(ConfigException.class)
                    .hasMessageContaining(key + ": " + said + " is not allowed; expected " + own)
                    .hasMessageContaining("another base");
        }
    }

    @Test
    void tensorsThatAreMissingOrDoNotFitAreRefusedByName() {
        try (var scope = Scope.open();
                var base = Base.open("gpt2")) {
            assertThatThrownBy(() -> base.with(spoilt(c -> {}, tensors -> tensors.remove(PrefixTuning.TABLE))))
                    .isInstanceOf(WeightsException.class)
                    .hasMessageContaining("has no prompt_embeddings");
            assertThatThrownBy(() -> base.with(
                            spoilt(c -> {}, tensors -> tensors.put(PrefixTuning.TABLE, Tensors.zeros(3, 16)))))
                    .isInstanceOf(WeightsException.class)
                    .hasMessageContaining("prompt_embeddings: [3, 16]; for this model it has 32 numbers");
            assertThatThrownBy(() -> base.with(spoilt(
                            c -> {},
                            tensors -> Objects.requireNonNull(tensors.get(PrefixTuning.TABLE))
                                    .fill_(Tensors.scalar(Double.NaN)))))
                    .isInstanceOf(WeightsException.class)
                    .hasMessageContaining("prompt_embeddings: holds NaN");
            assertThatThrownBy(() -> base.with(
                            spoilt(c -> {}, tensors -> tensors.put("base_model.score.weight", Tensors.zeros(3, 8)))))
                    .isInstanceOf(WeightsException.class)
                    .hasMessageContaining("belong neither to a prefix nor to a head of this model: [score.weight]");
        }
    }

    @Test
    void aHeadThatWasToBeSavedMustBeThere() {
        try (var scope = Scope.open();
                var base = Base.open("bert-classifier")) {
            Path adapter = spoilt(config -> config.put("task_type", "SEQ_CLS"), tensors -> {});
            assertThatThrownBy(() -> base.with(adapter))
                    .isInstanceOf(WeightsException.class)
                    .hasMessageContaining("has no classifier.weight, which is saved whole with the prefix");
        }
    }

    @Test
    void aKeyThatHasNoEffectIsTold() {
        try (var scope = Scope.open();
                var base = Base.open("gpt2")) {
            Path adapter = spoilt(config -> config.put("colour", "red"), tensors -> {});
            assertThat(new PeftFormat(false)
                            .read(adapter, base.model(), base.files().config(), base.params())
                            .warnings())
                    .singleElement()
                    .asString()
                    .endsWith("colour is unknown and has no effect");
        }
    }

    @Test
    void parametersWithoutAPrefixAreNotWritten() {
        try (var scope = Scope.open();
                var base = Base.open("gpt2")) {
            assertThatThrownBy(() -> PrefixTuning.write(
                            directory.resolve("adapter"),
                            base.model(),
                            base.params(),
                            List.of(),
                            "",
                            "CAUSAL_LM",
                            Map.of()))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThat(directory.resolve("adapter")).doesNotExist();
        }
    }

    @Test
    void otherTypesOfPeftAreNamedAndNotCalledUnknown() {
        for (String type : List.of("OFT", "XLORA", "PROMPT_TUNING")) {
            assertThatThrownBy(() -> PeftConfig.of(
                            Configs.json("{\"peft_type\": \"" + type + "\"}", "test"), "bert", "adapter_config.json"))
                    .isInstanceOf(ConfigException.class)
                    .hasMessage("adapter_config.json: peft_type \"" + type + "\" is a type of PEFT's that is not read"
                            + " here; these are: LORA, ADALORA, MISS, BONE, IA3, VERA, LOHA, LOKR, TRAINABLE_TOKENS,"
                            + " PREFIX_TUNING; where PEFT can merge the adapter, use the merged model");
        }
        assertThatThrownBy(() -> PeftConfig.of(Configs.json("{\"peft_type\": \"LORRA\"}", "test"), "bert", "here"))
                .hasMessageContaining("did you mean \"LORA\"");
    }
}
