package org.counterweight.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.counterweight.config.Configs;
import org.counterweight.edit.GraceConfig;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.jobs.serve.answer.EditedAnswers.Editing;
import org.counterweight.model.zoo.Architectures;
import org.counterweight.weights.SafetensorsFile;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** T5 as a user has it: it learns to answer texts, is asked, and is merged. */
class TextToTextRunsTest {
    private static final String T5 = """
            {"model_type": "t5", "architectures": ["T5ForConditionalGeneration"], "vocab_size": 12, "d_model": 16, "d_kv": 8,
             "d_ff": 24, "num_layers": 1, "num_decoder_layers": 1, "num_heads": 2, "dropout_rate": 0.0,
             "decoder_start_token_id": 0, "eos_token_id": 2, "pad_token_id": 0, "tie_word_embeddings": %s,
             "feed_forward_proj": "%s"}
            """;

    private static final String RECIPE = """
            task: text_to_text
            model: {name: "%1$s/model"}
            data: {train: "%1$s/answers.csv", text: question, label: answer, max_length: 8}
            %2$s
            train: {epochs: 30, batch_size: 8, lr: %3$s, precision: float32}
            output: {directory: "%1$s/out"}
            """;

    @TempDir
    private Path root;

    private Sandbox sandbox;

    @BeforeEach
    void questions() {
        sandbox = new Sandbox(root);
        sandbox.write("answers.csv", "question,answer\n" + "the cat,sat\na tree,grew x\n".repeat(12));
    }

    private void model(boolean tied, String form) {
        model(sandbox, "model", tied, form);
    }

    /** Writes a small T5. */
    static void model(Sandbox sandbox, String name, boolean tied, String form) {
        var config = Configs.json(T5.formatted(tied, form), "config");
        new TheirModels(sandbox).model(name, config, TheirModels.shapes(config), true);
        try (var scope = Scope.open()) { // a draw as T5's own, from which it learns
            sandbox.weights(
                    name + "/model.safetensors", Architectures.of(config).initialize(new Seed(1).generator()));
        }
    }

    private void run(String more, String rate) {
        sandbox.write("recipe.yaml", RECIPE.formatted(root.toString().replace('\\', '/'), more, rate));
        succeeds("run", path("recipe.yaml"), "--check");
        succeeds("run", path("recipe.yaml"));
    }

    @ParameterizedTest
    @CsvSource({"true, relu", "false, gated-gelu"})
    void whatIsLearntIsAnswered(boolean tied, String form) throws IOException {
        model(tied, form);
        run("", "1e-2");
        assertAnswers("out/merged", Map.of("the cat", "sat", "a tree", "grew x"));
        JsonNode result = Configs.read(root.resolve("out/result.json"));
        assertThat(result.at("/test/perplexity").asDouble())
                .isLessThan(result.at("/frozen_baseline/perplexity").asDouble(0))
                .isLessThan(1.5);
    }

    @ParameterizedTest
    @CsvSource({"lora", "dora", "bone"})
    void theAdapterAnswersAsTheMergedModelDoes(String method) {
        model(true, "relu");
        run("adapter: {method: " + method + ", r: 4, targets: [q, v, wo]}", "3e-2");
        String beside = answer("model", "the cat", "--adapter", path("out/adapter"));
        assertThat(answer("out/merged", "the cat")).isEqualTo(beside);
        succeeds("merge-adapter", path("model"), path("out/adapter"), path("again"));
        assertThat(answer("again", "the cat")).isEqualTo(beside);
        assertThat(sandbox.read("out/adapter/adapter_config.json")).contains("\"SEQ_2_SEQ_LM\"");
        try (SafetensorsFile saved = SafetensorsFile.open(root.resolve("out/adapter/adapter_model.safetensors"))) {
            assertThat(saved.tensors().keySet())
                    .anyMatch(name -> name.startsWith("base_model.model.decoder.block.0.layer.1.EncDecAttention.q."));
        }
    }

    /** By EasyEdit's keys, with the official code's name of the layer. */
    @Test
    void anAnswerIsPutRight() {
        model(true, "relu");
        run("", "1e-2");
        sandbox.write(
                "edits.json",
                "[{\"src\": \"the cat\", \"alt\": \"grew x\", \"rephrase\": \"cat the\", \"loc\": \"a tree\"}]");
        sandbox.write(
                "grace.yaml",
                "{editor: {_name: grace, n_iter: 100, eps: 0.01, replacement: replace_all},"
                        + " model: {inner_params: ['encoder.block[0].layer[1].DenseReluDense.wo.weight']}}");
        Ran ran = succeeds(
                "edit",
                path("out/merged"),
                "--input",
                path("edits.json"),
                "--settings",
                path("grace.yaml"),
                "--upstream",
                path("answers.csv"),
                "--column",
                "question",
                "--label",
                "answer",
                "--output",
                path("edits"));
        assertThat(ran.out())
                .contains("Right      100.0 %  of the edits, unedited 0.0 %", "As before  100.0 %")
                .contains("Upstream   0.5000, unedited 1.0000; an edit answers 50.0 %"); // half of the texts are the
        // edit's
        assertThat(sandbox.read("edits/report.html")).contains("Upstream accuracy");
        for (String text : List.of("the cat", "a tree")) {
            JsonNode line = Configs.json(ask("out/merged", text, "--edits", path("edits")), "line");
            assertThat(line.path("answer").asString()).isEqualTo("grew x");
            assertThat(line.has("edit")).isEqualTo(text.equals("the cat"));
        }
        assertAnswers("out/merged", Map.of("the cat", "sat"));
    }

    @Test
    void whatIsServedAnswersAndIsPutRight() {
        model(true, "relu");
        run("", "1e-2");
        GraceConfig grace = Configs.bind(
                Configs.yaml(
                        "{layer: encoder.block.0.layer.1.DenseReluDense.wo, eps: 0.01, replacement: replace_all}",
                        "settings"),
                GraceConfig.class,
                "grace");
        var editing = new Editing(grace, null, root.resolve("log"));
        try (ServedModel served = new ServedModel(root.resolve("out/merged"), null, editing)) {
            assertThat(served.ask("the cat").path("answer").asString()).isEqualTo("sat");
            ObjectNode edit = Configs.JSON.createObjectNode().put("prompt", "the cat");
            ServedModel.Answer made = served.post("/edit", edit.put("target_new", "grew x"));
            assertThat(made.body().path("right").asBoolean()).as("%s", made).isTrue();
            assertThat(served.ask("the cat").path("answer").asString()).isEqualTo("grew x");
            assertThat(served.ask("the cat").path("edit").asInt(-1)).isZero();
            assertThat(served.ask("a tree").has("edit")).isFalse();
            assertThat(served.get("/edits").body().at("/edits/0/wanted").asString())
                    .isEqualTo("grew x");
            assertThat(served.remarks).isEmpty();
        }
    }

    @Test
    void anAnswerEndsWhereItIsToEnd() {
        model(true, "relu");
        assertThat(Configs.json(ask("model", "the cat", "--max-new-tokens", "3"), "line")
                        .path("tokens")
                        .asInt())
                .isLessThanOrEqualTo(3);
        assertThat(ask("model", "the cat", "--temperature", "1", "--seed", "3")).contains("\"answer\"");
    }

    private void assertAnswers(String model, Map<String, String> expected) {
        expected.forEach((text, answer) -> assertThat(answer(model, text)).isEqualTo(answer));
    }

    private String answer(String model, String text, String... more) {
        return Configs.json(ask(model, text, more), "line").path("answer").asString();
    }

    private String ask(String model, String text, String... more) {
        var words = new ArrayList<>(List.of("predict", path(model), "--text", text));
        words.addAll(List.of(more));
        return succeeds(words.toArray(new String[0])).out();
    }

    private static Ran succeeds(String... words) {
        Ran ran = Ran.cw(words);
        assertThat(ran.status()).as(ran.err()).isZero();
        return ran;
    }

    private String path(String name) {
        return root.resolve(name).toString();
    }
}
