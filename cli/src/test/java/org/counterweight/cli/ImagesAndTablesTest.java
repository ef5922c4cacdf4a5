package org.counterweight.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.counterweight.testing.TensorAssert.assertTensor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.config.Configs;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.weights.SafetensorsFile;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** Weight Balancing, weights trained through others, and classes that arrive task by task, on images and on tables. */
class ImagesAndTablesTest {
    private static final String IMAGES = """
            task: image_classification
            model: {architecture: {type: convnet, width: 8, depth: 1, norm: none}}
            data: {train: "%1$s/corners", size: 8, grey: true, dev_share: 0.2, test_share: 0.2}
            train: {epochs: %2$s, batch_size: 16, lr: 1e-2, precision: float32}
            output: {directory: "%1$s/out"}
            """;
    private static final String TABLE = """
            task: table_classification
            model: {architecture: {type: mlp, hidden: [16]}}
            data: {train: "%1$s/points.csv", label: kind, dev_share: 0.2, test_share: 0.2}
            train: {epochs: %2$s, batch_size: 16, lr: 1e-2, precision: float32}
            output: {directory: "%1$s/out"}
            """;

    @TempDir
    private Path root;

    private Sandbox sandbox;

    @BeforeEach
    void write() {
        sandbox = new Sandbox(root);
        Pictures.corners(sandbox, "corners", 24);
        var random = new Seed(2).random();
        var rows = new StringBuilder("x,y,kind\n");
        for (int i = 0; i < 160; i++) {
            int kind = i % 4 == 3 ? i % 8 == 3 ? 3 : 0 : i % 4; // the last is rare
            rows.append(kind % 2 * 4 + random.nextDouble())
                    .append(',')
                    .append(kind / 2 * 4 + random.nextDouble())
                    .append(",kind")
                    .append(kind)
                    .append('\n');
        }
        sandbox.write("points.csv", rows.toString());
    }

    private static Ran succeeds(List<String> words) {
        Ran ran = Ran.cw(words.toArray(String[]::new));
        assertThat(ran.status()).as(ran.err()).isZero();
        return ran;
    }

    private Ran ran(String command, String rows, int epochs, String section) {
        String recipe = (rows.equals("images") ? IMAGES : TABLE)
                        .formatted(root.toString().replace('\\', '/'), epochs)
                + section + "\n";
        return succeeds(List.of(command, sandbox.write("recipe.yaml", recipe) + ""));
    }

    @ParameterizedTest(name = "{1} of {0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "images | reparametrize: {method: weight_norm, data_init: {}} | Lengths under weight normalization",
                "images | reparametrize: {method: weight_norm, mean_only_bn: true, style: hook} | Lengths of the weights",
                "images | reparametrize: {method: weight_norm, mode: optimizer, data_init: {}} | ''",
                "images | reparametrize: {method: weight_compander, plain_decays: [0.0, 0.01]} | Plain weights, by weight decay",
                "table | reparametrize: {method: weight_norm, data_init: {}, param_form: log} | Lengths of the weights",
                "table | reparametrize: {method: weight_compander, learn_ab: true} | The weights under the compander",
                "images | balance: {} | Rows of the head against rows of the data",
                "images | balance: {second: null, etf: {}, feature_decay: 1e-2, adjust: {mode: additive}} | What the features",
                "table | balance: {second: {epochs: 3}, tau_norm: {}} | Classes with many and with few rows",
                "table | balance: {second: null, etf: {}, adjust: {mode: multiplicative}, one_vs_one: 0.7} | What the features"
            })
    void everyFamilyTrainsThem(String rows, String section, String told) throws IOException {
        ran("run", rows, rows.equals("images") ? 40 : 60, section);
        assertThat(Configs.read(root.resolve("out/result.json"))
                        .at("/test/accuracy")
                        .asDouble())
                .isGreaterThan(0.8);
        assertThat(Files.readString(root.resolve("out/report.html"))).contains(told);
        List<String> directories = section.startsWith("reparametrize") && !section.contains("optimizer")
                ? List.of("merged", "reparametrized")
                : List.of("merged");
        for (String directory : directories) {
            Ran asked = succeeds(asking(rows, directory));
            assertThat(asked.out().lines().count()).isEqualTo(rows.equals("images") ? 96 : 160);
        }
    }

    private List<String> asking(String rows, String directory) {
        return List.of(
                "predict",
                root.resolve("out/" + directory) + "",
                "--input",
                root.resolve(rows.equals("images") ? "corners" : "points.csv") + "");
    }

    /** To the last bit, from the file with plain weights as from that with what they are made of. */
    @ParameterizedTest(name = "{0} of {1}")
    @CsvSource(
            delimiter = '|',
            value = {
                "reparametrize: {method: weight_norm, data_init: {}} | images | reparametrized",
                "reparametrize: {method: weight_compander} | images | reparametrized",
                "balance: {adjust: {mode: additive}} | table | merged"
            })
    void anotherProcessGivesTheSameLogits(String section, String rows, String directory)
            throws IOException, InterruptedException {
        ran("run", rows, 2, section);
        succeeds(writing(rows, directory, "here"));
        Process process = KilledRunTest.java(Cw.class, List.of(), writing(rows, directory, "there"))
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        assertThat(process.waitFor()).isZero();
        try (var scope = Scope.open()) {
            assertTensor(logits("there")).isEqualTo(logits("here"));
        }
    }

    private List<String> writing(String rows, String directory, String file) {
        var words = new ArrayList<>(asking(rows, directory));
        words.addAll(List.of("--output", root.resolve(file + ".safetensors") + ""));
        return words;
    }

    private Tensor logits(String file) {
        try (SafetensorsFile logits = SafetensorsFile.open(root.resolve(file + ".safetensors"))) {
            return logits.tensor("logits").clone();
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {"images | wa | ", "images | icarl | ", "table | wa | "})
    void classesArriveTaskByTask(String rows, String method) throws IOException {
        Ran ran = ran("grow", rows, 12, "grow: {tasks: 2, learn: {method: " + method + ", memory: {per_class: 5}}}");
        assertThat(ran.out()).contains("Task 1      2 classes", "Task 2      4 classes");
        JsonNode figures = Configs.read(root.resolve("out/sequence.json"));
        assertThat(figures.at("/tasks/1/restricted").asBoolean())
                .as("behind a ReLU the default preset restricts")
                .isEqualTo(method.equals("wa"));
        assertThat(figures.path("exemplars")).hasSize(4).allMatch(kept -> kept.size() == 5);
        assertThat(figures.path("last").asDouble()).isGreaterThan(0.45);
        assertThat(succeeds(asking(rows, "merged"))
                        .out()
                        .lines()
                        .map(line -> Configs.json(line, "answer").path("label").asString())
                        .distinct())
                .hasSizeGreaterThan(2);
    }

    /** The old model sees what augmentation made of a row, as the new one does. */
    @Test
    void augmentedImagesArriveTaskByTask() throws IOException {
        sandbox.write(
                "recipe.yaml",
                IMAGES.formatted(root.toString().replace('\\', '/'), 4)
                                .replace("dev_share", "augment: [{kind: crop, padding: 1}], dev_share")
                        + "grow: {tasks: 2, learn: {memory: {per_class: 5}}}\n");
        succeeds(List.of("grow", root.resolve("recipe.yaml") + ""));
        assertThat(Configs.read(root.resolve("out/sequence.json")).path("tasks"))
                .hasSize(2);
    }
}
