package org.counterweight.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.counterweight.config.Configs;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Tensors;
import org.counterweight.weights.SafetensorsFile;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** Models of images learn from folders and idx files, and their results are asked and learn on. */
class ImageRunsTest {
    private static final String RECIPE = """
            task: image_classification
            model: {architecture: %2$s}
            data: {train: "%1$s/%3$s"%4$s}
            train: {epochs: 6, batch_size: 8, lr: 1e-2, precision: float32, best_by: accuracy%5$s}
            output: {directory: "%1$s/out"}
            """;

    @TempDir
    private Path root;

    private Sandbox sandbox;

    @BeforeEach
    void draw() {
        sandbox = new Sandbox(root);
        Pictures.folders(sandbox, "pictures", 30);
        Pictures.idx(sandbox, "train", 30);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "mlp | pictures | , size: 8",
                "{type: mlp, hidden: [12, 8], dropout: 0.1} | train-images.idx |",
                "{type: convnet, width: 8, depth: 2} | pictures | , size: 8, grey: true",
                "{type: convnet, width: 8, depth: 1, norm: instance} | train-images.idx |",
                "{type: resnet, width: 4, depths: [1, 1]} | pictures | , size: 8, augment: [{kind: crop, padding: 1}]"
            })
    void aModelOfTheRecipesOwnSizesLearnsAndIsAsked(String architecture, String train, String data) throws IOException {
        Ran run = succeeds("run", recipe(architecture, train, data == null ? "" : data, ""));
        assertThat(run.err()).contains("42 rows to learn from, 6 to choose by, 12 to judge by, in 2 classes");
        assertThat(run.out()).contains("majority class", "trained").doesNotContain("frozen");
        JsonNode result = Configs.read(root.resolve("out/result.json"));
        assertThat(result.at("/majority_baseline/accuracy").asDouble()).isEqualTo(0.5);
        assertThat(result.at("/test/accuracy").asDouble()).isGreaterThan(0.9);
        assertThat(Files.readString(root.resolve("out/report.html"))).contains("A new ", "majority class 50.0 %");

        JsonNode config = Configs.read(root.resolve("out/merged/config.json"));
        assertThat(config.path("architectures").path(0).asString()).endsWith("ForImageClassification");
        boolean isIdx = train.endsWith(".idx");
        assertThat(config.at("/id2label/0").asString()).isEqualTo(isIdx ? "0" : "left");
        List<JsonNode> lines = ask("--input", path("pictures"));
        assertThat(lines).hasSize(60);
        assertThat(lines.get(0).get("image").asString())
                .endsWith(Path.of("left", "0.png").toString());
        assertThat(lines.stream().limit(30).map(line -> line.get("label").asString()))
                .filteredOn(label -> label.equals(isIdx ? "0" : "left"))
                .hasSizeGreaterThan(27);
        assertThat(ask("--image", path("pictures/right/3.png")))
                .containsExactly(lines.stream()
                        .filter(line -> line.get("image")
                                .asString()
                                .endsWith(Path.of("right", "3.png").toString()))
                        .findFirst()
                        .orElseThrow());
        succeeds("verify", path("out/merged"));
    }

    /** Saved and loaded, the logits are those of the model in memory: the run's own figure is met again. */
    @Test
    void whatIsWrittenIsWhatWasJudged() throws IOException {
        Pictures.folders(sandbox, "test", 20);
        succeeds(
                "run",
                recipe(
                        "{type: resnet, width: 4, depths: [1]}",
                        "pictures",
                        ", size: 8, test: \"" + path("test") + "\"",
                        ""));
        long right = ask("--input", path("test")).stream()
                .filter(line -> Path.of(line.get("image").asString())
                        .getParent()
                        .endsWith(line.get("label").asString()))
                .count();
        assertThat(Configs.read(root.resolve("out/result.json"))
                        .at("/test/accuracy")
                        .asDouble())
                .isEqualTo(right / 40.0);
        succeeds("predict", path("out/merged"), "--input", path("test"), "--output", path("logits.safetensors"));
        try (var scope = Scope.open();
                var logits = SafetensorsFile.open(root.resolve("logits.safetensors"))) {
            assertThat(Tensors.shape(logits.tensor("logits"))).containsExactly(40, 2);
        }
    }

    /** What is learnt from idx files is asked and judged by idx files. */
    @Test
    void imagesOfAnIdxFileAreAskedAndJudged() throws IOException {
        succeeds("run", recipe("{type: convnet, width: 8, depth: 1}", "train-images.idx", "", ""));
        Pictures.idx(sandbox, "test", 10);
        List<JsonNode> lines = ask("--input", path("test-images.idx"), "--top", "2");
        assertThat(lines).hasSize(20);
        assertThat(lines.get(6).get("row").asInt()).isEqualTo(7);
        assertThat(lines.get(6).get("probabilities")).hasSize(2);
        long right = IntStream.range(0, 20)
                .filter(row -> lines.get(row).get("label").asString().equals(String.valueOf(row % 2)))
                .count();
        Ran judged = succeeds(
                "evaluate", path("out/merged"), "--input", path("test-images.idx"), "--json", "--resamples", "0");
        assertThat(Configs.JSON
                        .readTree(judged.out())
                        .at("/figures/accuracy/value")
                        .asDouble())
                .isEqualTo(right / 20.0);
        Ran mixed = Ran.cw(
                "predict",
                path("out/merged"),
                "--input",
                path("test-images.idx"),
                "--image",
                path("pictures/left/0.png"));
        assertThat(mixed.status()).isEqualTo(2);
        assertThat(mixed.err()).contains("is an idx file, which is asked by itself; leave --image out");
    }

    @Test
    void samplersMetricsAndWeighersReachImages() {
        Ran run = succeeds(
                "run",
                recipe(
                        "mlp",
                        "train-images.idx",
                        "",
                        ", sampler: class_balanced, metrics: [balanced_accuracy], average: ema"),
                "--set",
                "train.best_by=balanced_accuracy",
                "--set",
                "weigh={method: loss_reweighting, r: 1.0}");
        assertThat(run.err()).contains("balanced-accuracy");
    }

    /** The head keeps the classes that it knows, and the images are drawn as those that the model has learnt. */
    @Test
    void aTrainedModelLearnsOnWithAnAdapter() throws IOException {
        succeeds("run", recipe("{type: mlp, hidden: [16]}", "pictures", ", size: 8", ""));
        Ran run = succeeds(
                "run",
                recipe("null", "pictures", "", ""),
                "--set",
                "model.name=" + path("out/merged"),
                "--set",
                "adapter={method: lora, r: 2, targets: [layers.0]}",
                "--set",
                "output.directory=" + path("on"));
        assertThat(run.out()).contains("frozen model", "lora");
        assertThat(Files.exists(root.resolve("on/merged/preprocessor_config.json")))
                .isTrue();
        assertThat(Configs.read(root.resolve("on/result.json"))
                        .at("/test/accuracy")
                        .asDouble())
                .isGreaterThan(0.9);
        JsonNode beside = lines(succeeds(
                        "predict",
                        path("out/merged"),
                        "--adapter",
                        path("on/adapter"),
                        "--image",
                        path("pictures/left/1.png")))
                .get(0);
        assertThat(beside.get("label").asString()).isEqualTo("left");
    }

    @Test
    void theSameRecipeGivesTheSameFigures() throws IOException {
        String recipe = recipe("{type: convnet, width: 4, depth: 1}", "train-images.idx", ", augment: [flip]", "");
        succeeds("run", recipe);
        byte[] whole = Files.readAllBytes(root.resolve("out/metrics.jsonl"));
        succeeds("run", recipe, "--overwrite");
        assertThat(figures(Files.readString(root.resolve("out/metrics.jsonl"))))
                .isEqualTo(figures(new String(whole, java.nio.charset.StandardCharsets.UTF_8)));
    }

    /** What of a run's lines does not depend on the clock. */
    private static List<String> figures(String metrics) {
        return metrics.lines()
                .map(line -> line.replaceAll("\"rows_per_second\":[^,}]+", ""))
                .toList();
    }

    private String recipe(String architecture, String train, String data, String training) {
        String file = root.toString().replace('\\', '/');
        return sandbox.write("recipe.yaml", RECIPE.formatted(file, architecture, train, data, training))
                .toString();
    }

    private List<JsonNode> ask(String... words) {
        return lines(succeeds(Stream.concat(Stream.of("predict", path("out/merged")), Stream.of(words))
                .toArray(String[]::new)));
    }

    private static List<JsonNode> lines(Ran ran) {
        return ran.out().lines().map(Configs.JSON::readTree).toList();
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
