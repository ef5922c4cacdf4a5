package org.counterweight.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.counterweight.config.Configs;
import org.counterweight.jobs.serve.answer.EditedAnswers.Editing;
import org.counterweight.weights.SafetensorsFile;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** Each word of a sentence has a tag: a model learns them, tells entities, and is judged by these. */
class TokenRunsTest {
    private static final String LINES = """
            the O
            cat B-ANIMAL
            sat O

            a O
            tree B-PLANT
            tree I-PLANT
            grew O

            cat B-ANIMAL
            , O
            a O
            tree B-PLANT

            """;

    @TempDir
    private Path root;

    private Sandbox sandbox;

    @BeforeEach
    void sentences() {
        sandbox = Sandbox.in(root);
        sandbox.write("sentences.conll", LINES.repeat(12));
    }

    private Ran run(String file, String more, String... options) {
        sandbox.write("recipe.yaml", """
                task: token_classification
                model: {name: "%s/model"}
                data: {train: "%1$s/%s", max_length: 12}
                %s
                train: {epochs: 30, batch_size: 8, lr: 2e-2, precision: float32, best_by: entity_f1}
                output: {directory: "%1$s/out"}
                """.formatted(root.toString().replace('\\', '/'), file, more));
        assertThat(cw("run", path("recipe.yaml"), "--check").err()).isEmpty();
        var words = new ArrayList<>(List.of("run", path("recipe.yaml"), "--overwrite"));
        words.addAll(List.of(options));
        return cw(words.toArray(new String[0]));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "adapter: {method: lora, r: 4, targets: [query, value]}"})
    void entitiesAreLearntAndTold(String adapter) throws IOException {
        Ran ran = run("sentences.conll", adapter);
        assertThat(ran.err()).contains("48 entities in 132 words", "with 4 tags", "baseline, the frozen model");
        JsonNode result = Configs.read(root.resolve("out/result.json"));
        assertThat(result.at("/test/entity_f1").asDouble()).isEqualTo(1);
        assertThat(result.at("/frozen_baseline/word_accuracy").isNumber()).isTrue();
        JsonNode config = Configs.read(root.resolve("out/merged/config.json"));
        assertThat(config.at("/architectures/0").asString()).isEqualTo("BertForTokenClassification");
        assertThat(config.at("/id2label/0").asString()).isEqualTo("B-ANIMAL");
        assertThat(sandbox.read("out/report.html")).contains("ANIMAL", "PLANT", "Entity F1");
        JsonNode entities = ask("out/merged", "a tree tree grew");
        assertThat(entities).hasSize(1);
        assertThat(entities.at("/0/entity").asString()).isEqualTo("PLANT");
        assertThat(entities.at("/0/word").asString()).isEqualTo("tree tree");
        assertThat(entities.at("/0/start").asInt()).isEqualTo(2);
        assertThat(entities.at("/0/end").asInt()).isEqualTo(11);
        assertToldAsAsked(Files.readAllLines(root.resolve("out/predictions.jsonl")));
        if (!adapter.isEmpty()) {
            JsonNode beside = ask("model", "a tree tree grew", "--adapter", path("out/adapter"));
            assertThat(beside.at("/0/score").asDouble())
                    .isCloseTo(entities.at("/0/score").asDouble(), within(2e-4));
        }
        if (adapter.contains("lora")) {
            assertThat(sandbox.read("out/adapter/adapter_config.json")).contains("\"TOKEN_CLS\"");
            try (SafetensorsFile saved = SafetensorsFile.open(root.resolve("out/adapter/adapter_model.safetensors"))) {
                assertThat(saved.tensors()).containsKey("base_model.model.classifier.weight");
            }
            Files.delete(root.resolve("out/adapter/config.json")); // PEFT itself writes none
            assertThat(ask("model", "a tree", "--adapter", path("out/adapter"))).isNotEmpty(); // without names of tags
        }
    }

    /** The sentences to judge by, each with its words, their tags, and the entities that the model tells when it is asked. */
    private void assertToldAsAsked(List<String> lines) {
        assertThat(lines).hasSize(7);
        for (String line : lines) {
            JsonNode told = Configs.JSON.readTree(line);
            assertThat(told.path("predictions")).isEqualTo(told.path("labels"));
            assertThat(told.path("words")).hasSameSizeAs(told.path("labels"));
            assertThat(told.path("loss").asDouble()).isBetween(0.0, 1.0);
            assertThat(told.path("row").asInt()).isBetween(1, 36);
        }
        JsonNode first = Configs.JSON.readTree(lines.get(0));
        JsonNode asked = ask("out/merged", first.path("text").asString());
        assertThat(first.path("entities")).hasSameSizeAs(asked);
        for (int i = 0; i < asked.size(); i++) {
            assertThat(first.at("/entities/" + i + "/score").asDouble())
                    .isCloseTo(asked.at("/" + i + "/score").asDouble(), within(2e-4));
            for (String key : List.of("entity", "word", "start", "end")) {
                assertThat(first.at("/entities/" + i + "/" + key)).isEqualTo(asked.at("/" + i + "/" + key));
            }
        }
    }

    @Test
    void aModelIsJudgedByFilesOfEveryForm() throws IOException {
        run("sentences.conll", "");
        sandbox.write("judge.conll", "the O\ncat B-ANIMAL\n\na O\ntree B-ANIMAL\n\n");
        sandbox.write("judge.jsonl", """
                {"tokens": ["the", "cat"], "ner_tags": [3, 0]}
                {"tokens": ["a", "tree"], "ner_tags": [3, 0]}
                """);
        for (String file : List.of("judge.conll", "judge.jsonl")) {
            JsonNode figures = Configs.JSON.readTree(cw("evaluate", path("out/merged"), "--input", path(file), "--json")
                    .out());
            assertThat(figures.at("/figures/entity_f1/value").asDouble()).isCloseTo(0.5, within(1e-12));
            assertThat(figures.at("/figures/word_accuracy/value").asDouble()).isCloseTo(0.75, within(1e-12));
            assertThat(figures.at("/classes/ANIMAL/recall").asDouble()).isCloseTo(0.5, within(1e-12));
            assertThat(figures.at("/classes/PLANT/precision").asDouble()).isZero();
        }
        JsonNode whole = figures(cw("evaluate", path("out/merged"), "--input", path("judge.conll"), "--json"));
        sandbox.write("part-1.conll", "the O\ncat B-ANIMAL\n");
        sandbox.write("part-2.conll", "a O\ntree B-ANIMAL\n");
        assertThat(figures(cw("evaluate", path("out/merged"), "--input", path("part-*.conll"), "--json")))
                .isEqualTo(whole);
        for (String file : List.of("judge.conll", "judge.jsonl")) {
            byte[] given = sandbox.read(file).getBytes(StandardCharsets.UTF_8);
            Ran piped = Ran.given(given, "evaluate", path("out/merged"), "--input", "-", "--json");
            assertThat(piped.status()).as(piped.err()).isZero();
            assertThat(figures(piped)).isEqualTo(whole);
        }
        cw("evaluate", path("out/merged"), "--input", path("judge.conll"), "--output", path("judged"));
        assertThat(sandbox.read("judged/report.html")).contains("Where it errs most", "ANIMAL tree", "PLANT tree");
        assertThat(Files.readAllLines(root.resolve("judged/predictions.jsonl"))).hasSize(2);
    }

    @Test
    void listsAreLearntFromAndTheModelGoesOn() throws IOException {
        sandbox.write(
                "sentences.jsonl",
                "{\"tokens\": [\"the\", \"cat\"], \"tags\": [\"DET\", \"NOUN\"]}\n{\"tokens\": [\"a\", \"tree\", \"grew\"], \"tags\": [\"DET\", \"NOUN\", \"VERB\"]}\n"
                        .repeat(15));
        Ran ran = run("sentences.jsonl", "");
        assertThat(ran.err())
                .contains("no tag says where an entity begins (B-, I-), so each of 75 words counts by itself");
        assertThat(ask("out/merged", "the cat grew")).hasSize(3);
        cw("run", path("recipe.yaml"), "--set", "model.name=" + path("out/merged"), "--output", path("again"));
        assertThat(Configs.read(root.resolve("again/result.json"))
                        .at("/test/word_accuracy")
                        .asDouble())
                .isEqualTo(1);
    }

    @Test
    void aTokenModelIsServed() {
        run("sentences.conll", "");
        try (ServedModel served = new ServedModel(root.resolve("out/merged"), null, new Editing(null, null, null))) {
            assertThat(served.send("POST", "/predict", "{\"text\": \"the cat\"}")
                            .body()
                            .at("/entities/0/entity")
                            .asString())
                    .isEqualTo("ANIMAL");
        }
    }

    private static JsonNode figures(Ran ran) {
        return Configs.JSON.readTree(ran.out()).path("figures");
    }

    private JsonNode ask(String model, String text, String... more) {
        var words = new ArrayList<>(List.of("predict", path(model), "--text", text));
        words.addAll(List.of(more));
        return Configs.JSON.readTree(cw(words.toArray(new String[0])).out()).path("entities");
    }

    private static Ran cw(String... words) {
        Ran ran = Ran.cw(words);
        assertThat(ran.status()).as(ran.err()).isZero();
        return ran;
    }

    private String path(String name) {
        return root.resolve(name).toString();
    }
}
