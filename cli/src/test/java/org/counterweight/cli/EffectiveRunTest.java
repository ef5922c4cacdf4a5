package org.counterweight.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.counterweight.config.Configs;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** A run's directory says what happened: in effect, with which it is done again to the last digit, and row by row. */
class EffectiveRunTest {
    @TempDir
    private Path root;

    @Test
    void theFileOfWhatWasInEffectGivesTheSameFigures() throws IOException {
        Sandbox sandbox = Sandbox.in(root);
        sandbox.spoil("recipe.yaml", "lr: 1e-3", "lr: 1e-2");
        run(root.resolve("recipe.yaml"), "out");
        String effective = Files.readString(root.resolve("out/effective.yaml"));
        assertThat(effective)
                .contains(
                        "# processor: ",
                        "# outputs, in this order: 0 animal, 1 plant",
                        "# rows: 28 rows to learn from, 4 to choose by, 8 to judge by",
                        "# input " + root.resolve("texts.csv") + ", sha256 ",
                        "\ndevice: \"cpu\"\n",
                        "\nthreads: ");
        run(root.resolve("out/effective.yaml"), "again");
        assertThat(root.resolve("again/predictions.jsonl"))
                .hasSameTextualContentAs(root.resolve("out/predictions.jsonl"));
        assertThat(result("again")).isEqualTo(result("out"));
    }

    @Test
    void predictionsHoldTextsTruthsAndLossesOfTheTestSplit() throws IOException {
        Sandbox.in(root);
        run(root.resolve("recipe.yaml"), "out");
        List<JsonNode> lines = Files.readAllLines(root.resolve("out/predictions.jsonl")).stream()
                .map(Configs.JSON::readTree)
                .toList();
        assertThat(lines).hasSize(8);
        List<String> texts = Files.readAllLines(root.resolve("texts.csv"));
        lines.forEach(line -> assertThat(
                        line.path("text").asString() + "," + line.path("truth").asString())
                .isEqualTo(texts.get(line.path("row").asInt())));
        double accuracy = lines.stream()
                        .filter(line -> line.path("label").equals(line.path("truth")))
                        .count()
                / 8.0;
        ObjectNode result = result("out");
        assertThat(result.at("/test/accuracy").asDouble()).isEqualTo(accuracy);
        assertThat(result.at("/test/loss").asDouble())
                .isCloseTo(
                        lines.stream()
                                .mapToDouble(line -> line.path("loss").asDouble())
                                .average()
                                .orElseThrow(),
                        within(1e-6));
        assertThat(result.at("/test_intervals/accuracy")).hasSize(2);
        assertThat(Files.readString(root.resolve("out/report.html")))
                .contains(
                        "Where it errs most",
                        "How often answers of a probability are right",
                        "How many rows each class has",
                        "The same answer to all");
        Ran judged = Ran.cw(
                "evaluate",
                root.resolve("out/merged") + "",
                "--input",
                root.resolve("out/predictions.jsonl") + "",
                "--label",
                "truth",
                "--json");
        assertThat(Configs.JSON
                        .readTree(judged.out())
                        .at("/figures/accuracy/value")
                        .asDouble())
                .isEqualTo(accuracy);
    }

    /** Inputs are found around the run, wherever cw is started. */
    @Test
    void aWholeRunIsVerified() throws IOException {
        Sandbox sandbox = Sandbox.in(root);
        run(root.resolve("recipe.yaml"), "out");
        Ran ran = Ran.cw("verify", root.resolve("out") + "");
        assertThat(ran.status()).as(ran.err()).isZero();
        assertThat(ran.out()).contains("out/adapter/", "out/merged/model.safetensors", "agrees     ");
        sandbox.spoil("texts.csv", "the cat sat", "the cat lay");
        Ran changed = Ran.cw("verify", root.resolve("out") + "");
        assertThat(changed.status()).isEqualTo(1);
        assertThat(changed.out()).contains("CHANGED    " + root.resolve("texts.csv"));
    }

    private void run(Path recipe, String output, String... more) {
        Ran ran = Ran.cw(Stream.concat(
                        Stream.of(
                                "run",
                                recipe.toString(),
                                "--output",
                                root.resolve(output).toString()),
                        Stream.of(more))
                .toArray(String[]::new));
        assertThat(ran.status()).as(ran.err()).isZero();
    }

    private ObjectNode result(String run) throws IOException {
        ObjectNode result = Configs.read(root.resolve(run + "/result.json"));
        result.remove("seconds");
        return result;
    }
}
