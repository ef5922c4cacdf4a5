package org.counterweight.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every recipe of {@code examples/} can be run as it stands, or after that which makes its model. */
class ExamplesTest {
    private static final String MADE_BEFORE = "runs/tiny-gpt/merged";

    @TempDir
    private Path root;

    @ParameterizedTest(name = "{0}")
    @MethodSource("recipes")
    void passesItsCheck(Path recipe) throws IOException {
        boolean hasModel = !Files.readString(recipe).contains(MADE_BEFORE);
        Ran ran = Ran.cw(
                "run",
                recipe.toString(),
                "--check",
                "--set",
                hasModel ? "output.title=null" : "model.name=" + TinyGpt.in(root));
        boolean isMean = Files.readString(recipe).contains("pooling: mean");
        assertThat(ran.err().lines()).as("only that other readers differ").hasSize(isMean ? 1 : 0);
        assertThat(ran.err()).contains(isMean ? "pooling: mean is a key of ours" : "");
        assertThat(ran.status()).isZero();
    }

    @Test
    void aLanguageModelLearnsTwoKindsOfTexts() throws IOException {
        Path out = root.resolve("run");
        Ran ran = Ran.cw(
                "run",
                "examples/pretrain.yaml",
                "--set",
                "train.max_steps=3",
                "--set",
                "train.eval_every=3",
                "--output",
                out.toString());
        assertThat(ran.status()).as(ran.err()).isZero();
        assertThat(ran.err()).contains("groups by the alphabet: 0 recipe, 1 weather", "loss-recipe", "loss-weather");
        Ran asked = Ran.cw("predict", out.resolve("merged").toString(), "--text", "Rain on", "--max-new-tokens", "4");
        assertThat(asked.status()).as(asked.err()).isZero();
    }

    /** What needs nothing that would have to be fetched runs to its end, and what it made is asked as it says. */
    @ParameterizedTest
    @ValueSource(strings = {"pictures", "table", "regression", "multi-label", "graph"})
    void runsToItsEndAndIsAsked(String name) {
        Ran ran = Ran.cw(
                "run",
                "examples/" + name + ".yaml",
                "--set",
                "train.epochs=" + (name.equals("graph") ? 70 : 2), // edges are weighed from the 60th on
                "--output",
                root.resolve("run").toString());
        assertThat(ran.status()).as(ran.err()).isZero();
        Map<String, String> asks = Map.of("pictures", "examples/data/shapes", "graph", "examples/data/graphs/deployed");
        Map<String, Integer> lines = Map.of("pictures", 60, "graph", 180);
        Ran asked = Ran.cw(
                "predict",
                root.resolve("run/merged").toString(),
                "--input",
                asks.getOrDefault(name, "examples/data/houses.csv"));
        assertThat(asked.status()).as(asked.err()).isZero();
        assertThat(asked.out().lines()).hasSize(lines.getOrDefault(name, 240));
    }

    /** A model of one's own stands in the place of the catalogue's: words of requests and their tags. */
    @Test
    void wordsOfRequestsAreLearnt() {
        Sandbox.in(root);
        succeeds(
                "run",
                "examples/tokens.yaml",
                "--set",
                "model.name=" + root.resolve("model"),
                "--set",
                "train.epochs=1",
                "--output",
                root.resolve("run").toString());
        String judged =
                succeeds("evaluate", root.resolve("run/merged").toString(), "--input", "examples/data/requests.conll");
        assertThat(judged).contains("320 rows", "entity_f1", "word_accuracy");
    }

    @Test
    void datesAreLearntLetterByLetter() {
        succeeds(
                "run",
                "examples/text-to-text.yaml",
                "--set",
                "train.max_steps=3",
                "--output",
                root.resolve("run").toString());
        assertThat(succeeds(
                        "predict",
                        root.resolve("run/merged").toString(),
                        "--text",
                        "the 3rd of March 2024",
                        "--max-new-tokens",
                        "3"))
                .contains("\"answer\"");
    }

    private static String succeeds(String... words) {
        Ran ran = Ran.cw(words);
        assertThat(ran.status()).as(ran.err()).isZero();
        return ran.out();
    }

    /** The digits' network is drawn from as the example says. */
    @Test
    void theNetworkThatTellsNoiseIsDrawnFrom() {
        Path run = root.resolve("run");
        Ran ran = Ran.cw("run", "examples/diffusion.yaml", "--set", "train.epochs=1", "--output", run.toString());
        assertThat(ran.status()).as(ran.err()).isZero();
        Path out = root.resolve("drawn");
        Ran drawn = Ran.cw(
                "guide",
                "linear",
                "--weight",
                "2",
                "--model",
                run + "",
                "--classes",
                "3,5",
                "--count",
                "8",
                "--steps",
                "4",
                "--output",
                out + "");
        assertThat(drawn.status()).as(drawn.err()).isZero();
        assertThat(out.resolve("samples.png")).exists();
    }

    /** Their sentence encoders have no pooler, and their figures are of the mean. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("recipes")
    void anEncoderOfTheCatalogueNamesItsPooling(Path recipe) throws IOException {
        String text = Files.readString(recipe);
        assertThat(text.contains("name: minilm")).isEqualTo(text.contains("pooling: mean"));
    }

    static List<Path> recipes() throws IOException {
        try (Stream<Path> files = Files.list(Path.of("examples"))) {
            return files.filter(file -> file.toString().endsWith(".yaml"))
                    .sorted()
                    .toList();
        }
    }
}
