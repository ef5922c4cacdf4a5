package org.counterweight.jobs.library;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.counterweight.testing.TensorAssert.assertTensor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.counterweight.config.ConfigException;
import org.counterweight.config.Configs;
import org.counterweight.data.text.LabelledTexts;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.jobs.recipe.AdapterFormat;
import org.counterweight.model.zoo.Architectures;
import org.counterweight.weights.WeightsException;
import org.counterweight.weights.WeightsWriter;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.node.ObjectNode;

/** What a program can do with the library, on a model that is made here. */
class LibraryTest {
    private static final List<String> TEXTS = List.of("the cat sat", "a tree grew", "a cat", "the tree");

    @TempDir
    private Path root;

    private Path model;

    @BeforeEach
    void makeModel() throws IOException {
        model = Files.createDirectory(root.resolve("model"));
        ObjectNode config = Configs.json("""
                {"model_type": "bert", "architectures": ["BertModel"], "vocab_size": 11, "hidden_size": 8,
                 "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 12,
                 "max_position_embeddings": 32}
                """, "config.json");
        Files.writeString(model.resolve("config.json"), config.toString());
        Files.writeString(
                model.resolve("vocab.txt"), "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\nthe\na\ncat\ntree\nsat\ngrew\n");
        try (var scope = Scope.open()) {
            WeightsWriter.write(
                    model.resolve("model.safetensors"),
                    Architectures.of(config).initialize(new Seed(1).generator()),
                    Map.of());
        }
    }

    private TextTraining training() {
        var texts = LabelledTexts.of(TEXTS, List.of("animal", "plant", "animal", "plant"));
        return TextTraining.of(model, texts).with("{epochs: 3, batch_size: 2, lr: 1e-2, precision: float32}");
    }

    @ParameterizedTest(name = "{0} as {2}")
    @CsvSource({
        "lora, '{r: 2, alpha: 4, targets: [query]}', PEFT",
        "bone, '{r: 2, targets: [query, value]}', BONE",
        "bora, '{r: 2, targets: [query]}', OWN",
        "sorsa, '{r: 2, targets: [query]}', SORSA"
    })
    void whatWasTrainedIsWrittenAndAskedAgain(String method, String settings, AdapterFormat form) {
        try (TrainedModel trained = training().adapted(method, settings).run()) {
            assertThat(trained.result().steps()).isEqualTo(6);
            trained.writeAdapter(form, root.resolve("adapter"));
            trained.writeModel(root.resolve("merged"));
        }
        try (var scope = Scope.open();
                LoadedModel adapted = LoadedModel.open(model, root.resolve("adapter"));
                LoadedModel merged = LoadedModel.open(root.resolve("merged"))) {
            assertThat(adapted.labels()).containsExactly("animal", "plant");
            assertTensor(adapted.logits(TEXTS)).isCloseTo(merged.logits(TEXTS), 1e-5, 1e-6);
            List<Answer> answers = merged.classes(TEXTS);
            assertThat(answers).extracting(Answer::text).isEqualTo(TEXTS);
            assertThat(answers)
                    .allSatisfy(answer -> assertThat(answer.probability()).isBetween(0.5, 1.0));
        }
    }

    @Test
    void aModelIsAskedFromAnyThreadAndLeavesNothingOnItsOwn() {
        try (TrainedModel trained =
                training().weighed("loss_reweighting", "{r: 1.0}").run()) {
            trained.writeModel(root.resolve("merged"));
        }
        try (LoadedModel merged = LoadedModel.open(root.resolve("merged"))) {
            List<Answer> here = merged.classes(TEXTS);
            assertThat(CompletableFuture.supplyAsync(() -> merged.classes(TEXTS))
                            .join())
                    .isEqualTo(here);
            assertThat(org.bytedeco.javacpp.PointerScope.getInnerScope()).isNull();
        }
    }

    @Test
    void whatCannotBeIsRefused() {
        try (LoadedModel bare = LoadedModel.open(model)) {
            assertThatThrownBy(() -> bare.classes(TEXTS))
                    .isInstanceOf(WeightsException.class)
                    .hasMessageContaining("has no classification head");
        }
        assertThatThrownBy(() -> training().maxLength(99).run())
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("max_length: 99")
                .hasMessageContaining("32");
        assertThatThrownBy(() -> training().adapted("loss_reweighting", ""))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("adapter.method: \"loss_reweighting\"");
        try (TrainedModel full = training().run()) {
            assertThatThrownBy(() -> full.writeAdapter(AdapterFormat.AUTO, root.resolve("adapter")))
                    .isInstanceOf(ConfigException.class)
                    .hasMessageContaining("without an adapter");
        }
        try (TrainedModel tapped =
                training().adapted("bottleneck", "{reduction_factor: 4}").run()) {
            assertThatThrownBy(() -> tapped.writeModel(root.resolve("merged")))
                    .isInstanceOf(ConfigException.class)
                    .hasMessageContaining("no model can be written");
            assertThatThrownBy(() -> tapped.writeAdapter(AdapterFormat.PEFT, root.resolve("adapter")))
                    .isInstanceOf(ConfigException.class)
                    .hasMessageContaining("output.adapter_format");
            assertThat(root.resolve("adapter")).doesNotExist();
        }
        assertThat(org.bytedeco.javacpp.PointerScope.getInnerScope()).isNull();
    }
}
