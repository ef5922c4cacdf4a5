package org.counterweight.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.counterweight.testing.TensorAssert.assertTensor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.config.Configs;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Tensors;
import org.counterweight.weights.SafetensorsFile;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.node.ObjectNode;

/** A served classifier of pictures of two classes learns two more. */
class GrowPicturesTest {
    @TempDir
    private Path root;

    private Sandbox sandbox;

    @BeforeEach
    void serveTwo() throws IOException {
        sandbox = new Sandbox(root);
        Pictures.corners(sandbox, "old", 16);
        Pictures.corners(sandbox, "all", 4);
        Files.createDirectories(root.resolve("new"));
        for (String kind : List.of("kind2", "kind3")) {
            Files.move(root.resolve("old").resolve(kind), root.resolve("new").resolve(kind));
        }
        sandbox.write("recipe.yaml", """
                task: image_classification
                model: {architecture: {type: convnet, width: 8, depth: 1}}
                data: {train: "%1$s/old", size: 8, grey: true}
                train: {epochs: 20, batch_size: 8, lr: 1e-2, precision: float32}
                output: {directory: "%1$s/served"}
                """.formatted(sandbox.path("") + ""));
        succeeds(sandbox.run());
    }

    private static Ran succeeds(List<String> words) {
        Ran ran = Ran.cw(words.toArray(String[]::new));
        assertThat(ran.status()).as(ran.err()).isZero();
        return ran;
    }

    private Ran grown(String model, String data, String output, String... more) {
        var words = new ArrayList<>(List.of(
                "grow",
                root.resolve(model) + "",
                "--data",
                root.resolve(data) + "",
                "--output",
                root.resolve(output) + "",
                "--set",
                "train.epochs=30",
                "--set",
                "train.lr=1e-2",
                "--set",
                "train.batch_size=8",
                "--set",
                "grow.memory.per_class=6"));
        words.addAll(List.of(more));
        return succeeds(words);
    }

    private List<String> asking(String output) {
        return List.of(
                "predict", root.resolve("grown") + "", "--input", root.resolve("all") + "", "--output", output);
    }

    private Tensor logits(String file) {
        try (var source = SafetensorsFile.open(root.resolve(file))) {
            return source.tensor("logits").clone();
        }
    }

    @Test
    void twoAndTwoAreFourInAnotherProcess() throws IOException, InterruptedException {
        Ran ran = grown(
                "served/merged",
                "new",
                "grown",
                "--remember",
                root.resolve("old") + "",
                "--test",
                root.resolve("all") + "");
        assertThat(ran.out()).contains("Classes  2 and 2: kind2, kind3", "old classes");
        succeeds(asking(root.resolve("here.safetensors") + ""));
        Process there = KilledRunTest.java(Cw.class, List.of(), asking(root.resolve("there.safetensors") + ""))
                .inheritIO()
                .start();
        assertThat(there.waitFor()).isZero();
        try (var scope = Scope.open()) {
            Tensor here = logits("here.safetensors");
            assertTensor(logits("there.safetensors")).isEqualTo(here);
            assertThat(Tensors.toLongs(here.argmax(new LongOptional(1), false)))
                    .as("every class is told")
                    .contains(0, 1, 2, 3);
        }
        List<String> lines = Files.readAllLines(root.resolve("grown/exemplars.jsonl"));
        assertThat(lines).hasSize(4 * 6);
        assertThat(root.resolve("grown").resolve(
                        Configs.json(lines.get(0), "line").path("image").asString()))
                .isRegularFile();
        ObjectNode figures = Configs.read(root.resolve("grown/grow.json"));
        assertThat(figures.at("/remembered").asInt()).isEqualTo(12);
        assertThat(Files.readString(root.resolve("grown/report.html"))).contains("--image picture.png");
        assertThat(Ran.cw("verify", root.resolve("grown") + "").status()).isZero();
    }

    /** What was kept serves the next time, to the byte, and a picture that is deleted is missed by name. */
    @Test
    void whatWasKeptServesTheNextTime() throws IOException {
        grown("served/merged", "new", "grown", "--remember", root.resolve("old") + "");
        Pictures.idx(sandbox, "more", 8);
        Files.writeString(root.resolve("labels.txt"), "left\nright\n");
        Path images = root.resolve("more-images.idx");
        Ran again = grown("grown", "more-images.idx", "again");
        assertThat(again.err()).contains("beside 4 that are known, of which 24 rows are kept");
        List<String> kept = Files.readAllLines(root.resolve("again/exemplars.jsonl"));
        assertThat(kept).hasSize(36);
        IntStream.rangeClosed(1, 24).forEach(number -> assertThat(root.resolve("again/exemplars/" + number + ".png"))
                .hasSameBinaryContentAs(root.resolve("grown/exemplars/" + number + ".png")));
        Files.delete(root.resolve("grown/exemplars/1.png"));
        Ran missing = Ran.cw(
                "grow",
                root.resolve("grown") + "",
                "--data",
                images + "",
                "--output",
                root.resolve("never") + "");
        assertThat(missing.status()).isNotZero();
        assertThat(missing.err()).contains("exemplars.jsonl:1: there is no exemplars/1.png below the model; take the line away too");
        assertThat(root.resolve("never")).doesNotExist();
    }
}
