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
                "run", "examples/pretrain.yaml", "--set", "train.max_steps=3", "--set", "train.eval_every=3", "--output", out.toString());
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
