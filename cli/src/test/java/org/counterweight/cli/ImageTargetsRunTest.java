package org.counterweight.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.counterweight.config.Configs;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** Pictures that a table names, and scores or any number of classes of each. */
class ImageTargetsRunTest {
    @TempDir
    private Path root;

    private Sandbox sandbox;

    @BeforeEach
    void pictures() {
        sandbox = new Sandbox(root);
        Pictures.folders(sandbox, "p", 20);
        var rows = new StringBuilder("file,score,kinds,kind\n");
        for (int i = 0; i < 20; i++) {
            rows.append("p/left/").append(i).append(".png,-1.5,dark|left,left\n");
            rows.append("p/right/").append(i).append(".png,2.5,dark,right\n");
        }
        sandbox.write("photos.csv", rows.toString());
    }

    private void run(String task, String label, String model) {
        sandbox.write("recipe.yaml", """
                task: %s
                model: %s
                data: {kind: images, train: "%s/photos.csv", image: file, label: %s}
                train: {epochs: 12, batch_size: 8, lr: 1e-2, precision: float32}
                output: {directory: "%3$s/out", baseline: %s}
                """.formatted(
                        task, model, root.toString().replace('\\', '/'), label, model.contains("architecture")));
        cw("run", path("recipe.yaml"), "--check");
        cw("run", path("recipe.yaml"), "--overwrite");
    }

    @ParameterizedTest
    @ValueSource(strings = {"{architecture: {type: mlp, hidden: [16]}}", "vit"})
    void scoresOfPicturesAreLearnt(String model) throws IOException {
        run("regression", "score", model.equals("vit") ? vit() : model);
        JsonNode config = Configs.read(root.resolve("out/merged/config.json"));
        assertThat(config.path("problem_type").asString()).isEqualTo("regression");
        assertThat(config.path("id2label")).hasSize(1);
        double left = ask("p/left/3.png").path("score").asDouble();
        assertThat(left).isCloseTo(-1.5, within(1.0));
        List<String> lines = cw("predict", path("out/merged"), "--input", path("photos.csv"), "--column", "file")
                .out()
                .lines()
                .toList();
        assertThat(lines).hasSize(40);
        assertThat(Configs.JSON.readTree(lines.get(6)).path("score").asDouble()).isCloseTo(left, within(1e-5));
        JsonNode judged = Configs.JSON.readTree(cw(
                        "evaluate",
                        path("out/merged"),
                        "--input",
                        path("photos.csv"),
                        "--column",
                        "file",
                        "--label",
                        "score",
                        "--json")
                .out());
        assertThat(judged.at("/figures/rmse/value").asDouble()).isLessThan(1.5); // 2 for always the mean
    }

    @Test
    void anyNumberOfClassesIsLearnt() throws IOException {
        run("multi_label_classification", "kinds", vit());
        assertThat(Configs.read(root.resolve("out/merged/config.json"))
                        .path("problem_type")
                        .asString())
                .isEqualTo("multi_label_classification");
        assertThat(ask("p/left/3.png").path("labels")).hasSize(2);
        assertThat(ask("p/right/3.png").path("labels")).hasSize(1);
        JsonNode judged = Configs.JSON.readTree(cw(
                        "evaluate",
                        path("out/merged"),
                        "--input",
                        path("photos.csv"),
                        "--column",
                        "file",
                        "--label",
                        "kinds",
                        "--json")
                .out());
        assertThat(judged.at("/figures/exact_match/value").asDouble()).isGreaterThan(0.9);
    }

    @Test
    void oneClassOfEachIsLearntToo() {
        run("image_classification", "kind", "{architecture: {type: mlp, hidden: [16]}}");
        assertThat(ask("p/left/3.png").path("label").asString()).isEqualTo("left");
    }

    /** A ViT as transformers has it, of pictures of 8 x 8. */
    private String vit() {
        sandbox.write("vit/config.json", """
                {"model_type": "vit", "architectures": ["ViTModel"], "hidden_size": 16, "num_hidden_layers": 1,
                 "num_attention_heads": 2, "intermediate_size": 24, "image_size": 8, "patch_size": 4, "num_channels": 3,
                 "hidden_dropout_prob": 0.0, "attention_probs_dropout_prob": 0.0}
                """);
        sandbox.write("vit/preprocessor_config.json", """
                {"image_processor_type": "ViTImageProcessor", "size": {"height": 8, "width": 8}, "do_resize": true,
                 "do_rescale": true, "do_normalize": true, "image_mean": [0.5, 0.5, 0.5], "image_std": [0.5, 0.5, 0.5],
                 "resample": 2, "rescale_factor": 0.00392156862745098}
                """);
        return "{name: \"" + root.toString().replace('\\', '/') + "/vit\", from_scratch: true}";
    }

    private JsonNode ask(String picture) {
        return Configs.JSON.readTree(
                cw("predict", path("out/merged"), "--image", path(picture)).out());
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
