package org.counterweight.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.counterweight.config.Configs;
import org.counterweight.jobs.serve.answer.EditedAnswers.Editing;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** Two texts a row: a model learns what one says of the other, is asked, judged and served. */
class PairRunsTest {
    @TempDir
    private Path root;

    private Sandbox sandbox;

    /** The second text alone says nothing of the class: what counts is which text a word stands in. */
    @BeforeEach
    void pairs() {
        sandbox = Sandbox.in(root);
        sandbox.write(
                "pairs.csv",
                "premise,hypothesis,label\n"
                        + "cat,tree,first\ntree,cat,second\ncat,a tree,first\ntree,the cat,second\n".repeat(12));
    }

    private Ran run(String task, String file, String label, String more) {
        sandbox.write("recipe.yaml", """
                task: %s
                model: {name: "%s/model"}
                data: {kind: texts, train: "%2$s/%s", text: premise, pair: hypothesis, label: %s, max_length: 12}
                %s
                train: {epochs: 25, batch_size: 8, lr: 2e-2, precision: float32}
                output: {directory: "%2$s/out", baseline: false}
                """.formatted(task, root.toString().replace('\\', '/'), file, label, more));
        assertThat(cw("run", path("recipe.yaml"), "--check").err()).isEmpty();
        return cw("run", path("recipe.yaml"), "--overwrite");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "adapter: {method: lora, r: 4, targets: [query, key, value, dense]}"})
    void whichTextAWordStandsInIsLearnt(String adapter) {
        Ran ran = run("text_classification", "pairs.csv", "label", adapter);
        assertThat(ran.err())
                .contains("44 of 48 rows repeat the text of another"); // both texts count, not the first alone
        JsonNode answer = ask("--text", "cat", "--pair", "tree");
        assertThat(answer.path("label").asString()).isEqualTo("first");
        assertThat(answer.path("pair").asString()).isEqualTo("tree");
        assertThat(ask("--text", "tree", "--pair", "cat").path("label").asString())
                .isEqualTo("second");
        assertThat(cw("predict", path("out/merged"), "--text", "cat").err())
                .contains("the model was trained on two texts a row, and reads one alone here; --pair");
        sandbox.write("ask.csv", "premise,hypothesis,label\ncat,tree,first\ntree,cat,second\n");
        List<String> lines = cw(
                        "predict",
                        path("out/merged"),
                        "--input",
                        path("ask.csv"),
                        "--column",
                        "premise",
                        "--pair-column",
                        "hypothesis",
                        "--keep",
                        "label")
                .out()
                .lines()
                .toList();
        assertThat(Configs.JSON.readTree(lines.get(0)).path("probability")).isEqualTo(answer.path("probability"));
        Ran judged = cw(
                "evaluate",
                path("out/merged"),
                "--input",
                path("ask.csv"),
                "--column",
                "premise",
                "--pair-column",
                "hypothesis",
                "--output",
                path("judged"));
        assertThat(judged.out()).contains("accuracy", "100.0 %");
        assertThat(sandbox.read("judged/report.html")).contains("cat | tree");
    }

    @Test
    void scoresAndSetsOfPairsAreLearnt() {
        sandbox.write("scores.csv", "premise,hypothesis,y\n" + "cat,tree,1.5\ntree,cat,-0.5\n".repeat(20));
        run("regression", "scores.csv", "y", "");
        assertThat(ask("--text", "cat", "--pair", "tree").path("score").asDouble())
                .isGreaterThan(
                        ask("--text", "tree", "--pair", "cat").path("score").asDouble() + 0.5);
        sandbox.write("sets.csv", "premise,hypothesis,y\n" + "cat,tree,p\ntree,cat,q\n".repeat(20));
        run("multi_label_classification", "sets.csv", "y", "");
        assertThat(ask("--text", "cat", "--pair", "tree").at("/probabilities/p").asDouble())
                .isGreaterThan(ask("--text", "tree", "--pair", "cat")
                                .at("/probabilities/p")
                                .asDouble()
                        + 0.1);
    }

    @Test
    void pairsAreServed() {
        run("text_classification", "pairs.csv", "label", "");
        double alone =
                ask("--text", "cat", "--pair", "tree").path("probability").asDouble();
        try (ServedModel served = new ServedModel(root.resolve("out/merged"), null, new Editing(null, null, null))) {
            var one = served.send("POST", "/predict", "{\"text\": \"cat\", \"pair\": \"tree\"}")
                    .body();
            assertThat(one.path("probability").asDouble()).isEqualTo(alone);
            var both = served.send(
                            "POST", "/predict", "{\"texts\": [\"tree\", \"cat\"], \"pairs\": [\"cat\", \"tree\"]}")
                    .body();
            assertThat(both.at("/answers/1/probability").asDouble()).isEqualTo(alone);
            assertThat(served.send("POST", "/predict", "{\"texts\": [\"tree\", \"cat\"], \"pairs\": [\"cat\"]}")
                            .body()
                            .path("error")
                            .asString())
                    .isEqualTo("pairs: 1 for 2 texts; give one for each");
            assertThat(served.send("POST", "/predict", "{\"text\": \"tree\", \"pairs\": [\"cat\"]}")
                            .body()
                            .path("error")
                            .asString())
                    .contains("pair goes with text");
        }
    }

    private JsonNode ask(String... question) {
        var words = new ArrayList<>(List.of("predict", path("out/merged")));
        words.addAll(List.of(question));
        return Configs.JSON.readTree(cw(words.toArray(new String[0])).out());
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
