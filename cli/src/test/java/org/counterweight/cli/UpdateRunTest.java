package org.counterweight.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.counterweight.testing.TensorAssert.assertTensor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.config.Configs;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Tensors;
import org.counterweight.weights.SafetensorsFile;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** A model is trained on from a served one, and both become one that is chosen on a dev set. */
class UpdateRunTest {
    private static final String QUERY = "bert.encoder.layer.0.attention.self.query.weight";
    private static final String HEAD = "classifier.weight";

    @TempDir
    private Path root;

    private Sandbox sandbox;

    @BeforeEach
    void trainOld() {
        sandbox = Sandbox.in(root);
        train("model", "old", 5e-3);
    }

    @ParameterizedTest
    @ValueSource(strings = {"plain", "fisher"})
    void theChosenShareIsWrittenWithItsFigures(String variant) throws IOException {
        train("old/merged", "new", 2e-2);
        Ran ran = succeeds("old/merged", "new/merged", "--variant", variant, "--test", texts().toString());
        assertThat(ran.out()).contains("| alpha | accuracy", "dev      alpha ", "test     alpha ", "negative flips");
        ObjectNode figures = Configs.read(root.resolve("out/bcwi.json"));
        double alpha = figures.path("alpha").asDouble();
        assertThat(figures.at("/dev").size()).isEqualTo(variant.equals("plain") ? 11 : 16);
        assertThat(figures.at("/chosen/test/nfr").asDouble())
                .isEqualTo(row(figures, alpha).at("/flips/nfr").asDouble());
        assertThat(Files.readString(root.resolve("out/report.html")))
                .contains("Accuracy against negative flips", "Share by share", "<tr class=\"marked\">")
                .doesNotContain("What was adapted");
        if (variant.equals("plain")) {
            try (var scope = Scope.open()) {
                Tensor expected = weight("new/merged", QUERY).lerp(weight("old/merged", QUERY), Tensors.scalar(alpha));
                assertTensor(weight("out", QUERY)).isCloseTo(expected, 1e-6, 1e-7);
            }
        }
        assertThat(Ran.cw("verify", root.resolve("out").toString()).status()).isZero();
        assertThat(Ran.cw(sandbox.predict("out").toArray(String[]::new)).status())
                .isZero();
    }

    private static JsonNode row(ObjectNode figures, double alpha) {
        for (JsonNode row : figures.path("dev")) {
            if (row.path("alpha").asDouble() == alpha) {
                return row;
            }
        }
        throw new AssertionError("no row for " + alpha);
    }

    @Test
    void atTheEndsItIsOneOfTheModels() {
        train("old/merged", "new", 2e-2);
        succeeds("old/merged", "new/merged", "--alpha", "1");
        try (var scope = Scope.open()) {
            assertTensor(weight("out", QUERY)).isEqualTo(weight("old/merged", QUERY));
        }
        succeeds("old/merged", "new/merged", "--alpha", "0", "--overwrite");
        try (var scope = Scope.open()) {
            assertTensor(weight("out", QUERY)).isEqualTo(weight("new/merged", QUERY));
        }
    }

    @Test
    void anAddedClassBringsItsOwnRowAndTheOldOnesFindTheirPlaces() throws IOException {
        String more = Files.readString(texts()) + "the tree sat,house\na cat grew,house\n".repeat(8);
        sandbox.write("texts.csv", more); // alphabetically it comes between the two
        train("old/merged", "new", 1e-9);
        succeeds("old/merged", "new/merged", "--alpha", "1");
        try (var scope = Scope.open()) {
            Tensor old = weight("old/merged", HEAD); // animal, plant
            Tensor updated = weight("new/merged", HEAD); // animal, house, plant
            Tensor chosen = weight("out", HEAD);
            assertTensor(chosen.select(0, 0)).isEqualTo(old.select(0, 0));
            assertTensor(chosen.select(0, 1)).isEqualTo(updated.select(0, 1));
            assertTensor(chosen.select(0, 2)).isEqualTo(old.select(0, 1));
            assertTensor(updated.select(0, 2)).isCloseTo(old.select(0, 1), 1e-5, 1e-6); // training began there
        }
        assertThat(Configs.read(root.resolve("out/bcwi.json"))
                        .at("/config/new_label_ids")
                        .toString())
                .isEqualTo("[1]");
    }

    @Test
    void aClassifierThatIsTrainedOnKeepsItsHeadWhateverTheBaselineLearns() {
        sandbox.write("recipe.yaml", """
                model: {name: "%1$s/old/merged"}
                data: {train: "%1$s/texts.csv", max_length: 16}
                train: {max_steps: 1, batch_size: 8, lr: 1e-9, precision: float32, keep_best: false}
                output: {directory: "%1$s/same"}
                """.formatted(root.toString().replace('\\', '/')));
        Ran ran = Ran.cw(sandbox.run().toArray(String[]::new));
        assertThat(ran.status()).as(ran.err()).isZero();
        assertThat(ran.err()).contains("baseline, the frozen model");
        try (var scope = Scope.open()) {
            assertTensor(weight("same/merged", HEAD)).isCloseTo(weight("old/merged", HEAD), 1e-5, 1e-6);
        }
    }

    private Path texts() {
        return root.resolve("texts.csv");
    }

    private void train(String from, String to, double rate) {
        sandbox.write("recipe.yaml", """
                model: {name: "%1$s/%2$s"}
                data: {train: "%1$s/texts.csv", max_length: 16}
                train: {epochs: 2, batch_size: 8, lr: %4$s, precision: float32}
                output: {directory: "%1$s/%3$s", baseline: false}
                """.formatted(root.toString().replace('\\', '/'), from, to, rate));
        Ran ran = Ran.cw(sandbox.run().toArray(String[]::new));
        assertThat(ran.status()).as(ran.err()).isZero();
    }

    private Ran succeeds(String old, String updated, String... more) {
        Ran ran = Ran.cw(sandbox.update(old, updated, more).toArray(String[]::new));
        assertThat(ran.status()).as(ran.err()).isZero();
        return ran;
    }

    private Tensor weight(String model, String name) {
        try (SafetensorsFile file = SafetensorsFile.open(root.resolve(model).resolve("model.safetensors"))) {
            return file.tensor(name).clone();
        }
    }
}
