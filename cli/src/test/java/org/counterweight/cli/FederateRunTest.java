package org.counterweight.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.counterweight.config.Configs;
import org.counterweight.engine.Engine;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** Clients of texts, images and tables train together; a federation that loses clients, or is killed, goes on. */
class FederateRunTest {
    @TempDir
    private Path root;

    private Sandbox sandbox;

    @BeforeEach
    void fill() {
        sandbox = Sandbox.in(root);
    }

    private String at(String text) {
        return text.replace("@", root.toString().replace('\\', '/'));
    }

    private List<String> words(String recipe, String out, String... more) {
        Path file = sandbox.write("federate.yaml", at(recipe));
        var words = new ArrayList<>(List.of(
                "federate", file.toString(), "--output", root.resolve(out).toString()));
        words.addAll(List.of(more));
        return words;
    }

    private static Ran ran(List<String> words) {
        int threads = Engine.threads();
        try {
            return Ran.cw(words.toArray(String[]::new));
        } finally {
            Engine.setThreads(threads);
        }
    }

    private static Ran succeeds(List<String> words) {
        Ran ran = ran(words);
        assertThat(ran.status()).as(ran.err()).isZero();
        return ran;
    }

    /** Texts, images and tables alike. */
    @ParameterizedTest
    @ValueSource(strings = {"texts", "images", "table"})
    void clientsOfEveryKindTrainTogether(String kind) throws IOException {
        String federate = """
            federate: {rounds: 2, warmup_rounds: 1, source_batch_size: 16, target_batch_size: 8,
                       baselines: [fedavg, target_only]}
            """;
        sandbox.write(
                "other.csv", "text,label\n" + "the cat sat,animal\na tree grew,plant\nsat sat,stone\n".repeat(12));
        sandbox.write("here.csv", "size,colour,label\n" + "1,red,a\n2,blue,b\n3,red,b\n1.5,blue,a\n".repeat(12));
        sandbox.write("there.csv", "size,colour,label\n" + "100,red,a\n200,green,b\n".repeat(12));
        String recipe = Map.of("texts", """
            task: text_classification
            model: {name: "@/model"}
            clients:
              - {name: theirs, data: {train: "@/other.csv", max_length: 16}}
              - {name: mine, target: true, data: {train: "@/texts.csv", max_length: 16, test_share: 0.3}}
            """, "images", """
            task: image_classification
            model: {architecture: {type: convnet, width: 3, depth: 1, norm: batch}}
            clients:
              - {name: theirs, data: {train: examples/data/digits/source1-images-idx3-ubyte.gz}}
              - {name: mine, target: true, data: {train: examples/data/digits/target-images-idx3-ubyte.gz, rows: 30}}
            """, "table", """
            task: table_classification
            model: {architecture: {type: mlp, hidden: [4]}}
            clients:
              - {name: theirs, data: {train: "@/there.csv", label: label}}
              - {name: mine, target: true, data: {train: "@/here.csv", label: label, test_share: 0.3}}
            """).get(kind);
        Ran ran = succeeds(words(recipe + federate, "out"));
        assertThat(ran.out()).contains("fedgp ", "fedavg ", "target_only ", "accuracy");
        JsonNode figures = Configs.read(root.resolve("out/federation.json"));
        assertThat(figures.at("/ways/0/rounds").size()).isEqualTo(3);
        assertThat(figures.at("/ways/0/rounds/2/betas/theirs").isNumber()).isTrue();
        assertThat(Files.readString(root.resolve("out/report.html")))
                .contains("How much each source was trusted", "The clients", "running statistics", "theirs");
        Ran asked = kind.equals("texts")
                ? Ran.cw(sandbox.predict("out/merged").toArray(String[]::new))
                : Ran.cw(
                        "predict",
                        root.resolve("out/merged").toString(),
                        "--input",
                        kind.equals("table") ? root.resolve("here.csv").toString() : "examples/data/shapes");
        assertThat(asked.status()).as(asked.err()).isZero();
        if (kind.equals("texts")) {
            assertThat(Configs.read(root.resolve("out/merged/config.json"))
                            .path("id2label")
                            .toString())
                    .as("a class that only a source knows has a number too")
                    .contains("stone");
        }
    }

    private static String twenty(String federate) {
        var recipe = new StringBuilder("""
            threads: 1
            task: image_classification
            model: {architecture: {type: mlp, hidden: [4]}}
            clients:
            """);
        for (int i = 1; i < 20; i++) {
            String fault = i <= 3 ? ", fails_from: 2" : i <= 5 ? ", delay_seconds: 3600" : "";
            recipe.append("  - {name: client")
                    .append(i)
                    .append(", data: {train: examples/data/digits/source")
                    .append(1 + i % 5)
                    .append("-images-idx3-ubyte.gz, rows: 20}")
                    .append(fault)
                    .append("}\n");
        }
        return recipe.append("""
              - {name: mine, target: true, data: {train: examples/data/digits/target-images-idx3-ubyte.gz, rows: 30}}
            """).append(federate).toString();
    }

    /** Three die in mid-round, two are slow: it ends with a model and says what was lost. */
    @Test
    void twentyClientsOfWhichFiveAreLostEndWithAModel() throws IOException {
        Ran ran = succeeds(words(
                twenty("federate: {rounds: 2, warmup_rounds: 0, round_seconds: 4.0, target_batch_size: 8, baselines:"
                        + " []}"),
                "out"));
        assertThat(ran.err())
                .contains("fedgp, round 2: continued with 15 clients; without client1 (it died in mid-round")
                .contains("client4 (late), client5 (late)");
        assertThat(Files.readString(root.resolve("out/report.html"))).contains("2 times: late", "1 times: it died");
        assertThat(root.resolve("out/merged/model.safetensors")).exists();
    }

    @Test
    void tooFewClientsEndWithTheLastGoodModel() throws IOException {
        String recipe = """
            task: image_classification
            model: {architecture: {type: mlp, hidden: [4]}}
            clients:
              - {name: theirs, data: {train: examples/data/digits/source1-images-idx3-ubyte.gz}}
              - {name: mine, target: true, fails_from: 2, data: {train: examples/data/digits/target-images-idx3-ubyte.gz}}
            federate: {rounds: 4, warmup_rounds: 1, baselines: []}
            """;
        Ran ran = ran(words(recipe, "out"));
        assertThat(ran.status()).isEqualTo(1);
        assertThat(ran.err()).contains("round 2 needs the target, mine, without which sources are never aggregated");
        assertThat(root.resolve("out/merged/model.safetensors")).exists();
        JsonNode figures = Configs.read(root.resolve("out/federation.json"));
        assertThat(figures.at("/ways/0/rounds").size()).isEqualTo(2);
        assertThat(root.resolve("out/state-fedgp.safetensors"))
                .as("to go on from")
                .exists();
    }

    @Test
    void aKilledFederationEndsWithTheSameModel() throws IOException, InterruptedException {
        String recipe = twenty("federate: {rounds: 14, warmup_rounds: 1, target_batch_size: 8, baselines: []}")
                .replace(", delay_seconds: 3600", "")
                .replace(", fails_from: 2", ", fails_from: 13");
        succeeds(words(recipe, "whole"));
        Process process = KilledRunTest.java(
                        KilledRunTest.class,
                        List.of("-Dlast.words=fedgp, round 13: continued"),
                        words(recipe, "broken"))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
            assertThat(lines.readLine()).as("the process came to round 13").isEqualTo("now");
        } finally {
            process.destroyForcibly(); // SIGKILL
            process.waitFor();
        }
        assertThat(root.resolve("broken/state-fedgp.safetensors")).exists();
        assertThat(root.resolve("broken/merged")).doesNotExist();
        succeeds(words(recipe, "broken", "--resume"));
        assertThat(Files.readAllBytes(root.resolve("broken/federation.json")))
                .isEqualTo(Files.readAllBytes(root.resolve("whole/federation.json")));
        KilledRunTest.sameWeights(root.resolve("whole/merged"), root.resolve("broken/merged"));
    }

    @Test
    void theExampleIsShownWithEverySetting() {
        Ran ran = Ran.cw("federate", "examples/federate/rotated-digits.yaml", "--check");
        assertThat(ran.out()).contains("method: \"fedgp\"", "name: \"turned\"", "target_batch_size: 4");
        assertThat(ran.err()).isEmpty();
    }
}
