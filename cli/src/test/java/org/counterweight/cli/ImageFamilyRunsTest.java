package org.counterweight.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.counterweight.testing.TensorAssert.assertTensor;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.config.Configs;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.model.zoo.Architectures;
import org.counterweight.weights.SafetensorsFile;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Image models of transformers as a user has them: a bare one learns classes of pictures, is asked, and is merged. */
class ImageFamilyRunsTest {
    private static final String CONFIG = """
            {"model_type": "%s", "architectures": ["%s"], "hidden_size": 16, "num_hidden_layers": 2,
             "num_attention_heads": 4, "intermediate_size": 24, "image_size": 16, "patch_size": 4,
             "hidden_sizes": [8, 16], "depths": [1, 1], "num_stages": 2, "embedding_size": 8, "layer_type": "basic",
             "projection_dim": 8%s}
            """;

    private static final String TOWERS = """
            , "vision_config": {"hidden_size": 16, "num_hidden_layers": 2, "num_attention_heads": 4, "intermediate_size": 24,
             "image_size": 16, "patch_size": 4}, "text_config": {"hidden_size": 16, "num_hidden_layers": 1,
             "num_attention_heads": 2, "intermediate_size": 24, "vocab_size": 12, "max_position_embeddings": 16,
             "eos_token_id": 2, "bos_token_id": 1, "pad_token_id": 2}
            """;

    private static final String RECIPE = """
            task: image_classification
            model: {name: "%1$s/model"}
            data: {train: "%1$s/pictures"}
            %2$s
            train: {max_steps: 4, batch_size: 4, lr: 1e-2, precision: float32, keep_best: false}
            output: {directory: "%1$s/out", baseline: true}
            """;

    @TempDir
    private Path root;

    private Sandbox sandbox;

    @BeforeEach
    void pictures() {
        sandbox = new Sandbox(root);
        Pictures.folders(sandbox, "pictures", 6);
    }

    private void model(String type, String architecture, String processor) {
        String config = CONFIG.formatted(type, architecture, type.equals("clip") ? TOWERS : "");
        sandbox.write("model/config.json", config);
        sandbox.write("model/preprocessor_config.json", processor.replace('\'', '"'));
        try (var scope = Scope.open()) {
            sandbox.weights(
                    "model/model.safetensors",
                    Architectures.of(Configs.json(config, "config")).initialize(new Seed(1).generator()));
        }
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "vit | ViTModel | {'image_processor_type': 'ViTImageProcessor', 'size': 16} | {method: lora, r: 2}"
                        + " | layers.0.mlp.fc1",
                "deit | DeiTModel | {'image_processor_type': 'DeiTImageProcessor', 'size': 20, 'crop_size': 16}"
                        + " | {method: dora, r: 2} | layers.1.attention.o_proj",
                "dinov2 | Dinov2Model | {'image_processor_type': 'BitImageProcessor', 'size': {'shortest_edge': 18},"
                        + " 'crop_size': 16} | {method: bone, r: 2} | layer.0.attention.q_proj",
                "convnext | ConvNextModel | {'image_processor_type': 'ConvNextImageProcessor',"
                        + " 'size': {'shortest_edge': 16}} | {method: lora, r: 2} | stages.0.layers.0.pwconv1",
                "clip | CLIPModel | {'image_processor_type': 'CLIPImageProcessor', 'size': 16, 'crop_size': 16}"
                        + " | {method: lora, r: 2} | layers.0.self_attn.q_proj",
                "clip_vision_model | CLIPVisionModel | {'size': 16} | {method: lora, r: 2} | layers.1.mlp.fc2"
            })
    void theAdapterOnTheBaseSaysWhatTheMergedModelSays(
            String type, String architecture, String processor, String adapter, String module) {
        model(type, architecture, processor);
        run("adapter: " + adapter.replace("}", ", targets: [all-linear]}"));
        try (var scope = Scope.open()) {
            Tensor beside = logits("model", "out/adapter");
            assertThat(beside.isfinite().all().item_bool()).isTrue();
            assertThat(beside.select(0, 0).allclose(beside.select(0, 1), 0, 1e-7, false))
                    .as("two pictures are told apart")
                    .isFalse();
            assertTensor(logits("out/merged", null)).isCloseTo(beside, 1e-4, 1e-5);
            succeeds("merge-adapter", path("model"), path("out/adapter"), path("again"));
            assertTensor(logits("again", null)).isCloseTo(beside, 1e-4, 1e-5);
        }
        assertThat(Files.isRegularFile(root.resolve("out/merged/preprocessor_config.json")))
                .isTrue();
        try (SafetensorsFile saved = SafetensorsFile.open(root.resolve("out/adapter/adapter_model.safetensors"))) {
            assertThat(saved.tensors().keySet())
                    .anyMatch(name -> name.contains(module + "."))
                    .anyMatch(name -> name.endsWith("model.classifier.weight"));
        }
    }

    @ParameterizedTest
    @CsvSource({"resnet, ResNetModel", "vit, ViTForImageClassification"})
    void allOfAModelIsTrained(String type, String architecture) {
        model(type, architecture, "{'size': 16}");
        run("");
        assertThat(succeeds("predict", path("out/merged"), "--image", path("pictures/left/0.png"))
                        .out())
                .contains("\"label\":\"");
    }

    /** Grey images of an idx file are shown in colours, as large as the model sees them. */
    @Test
    void imagesOfAnIdxFileAreMadeWhatTheModelSees() {
        model("vit", "ViTModel", "{'size': 16}");
        Pictures.idx(sandbox, "train", 6);
        sandbox.write("recipe.yaml", recipe("").replace("/pictures", "/train-images.idx"));
        succeeds("run", path("recipe.yaml"), "--check");
        succeeds("run", path("recipe.yaml"));
    }

    /** Of a text that is told of one picture alone the share is that of its cosine. */
    @Test
    void aClipTellsWhichTextGoesWithAPicture() {
        model("clip", "CLIPModel", "{'image_processor_type': 'CLIPImageProcessor', 'size': 16, 'crop_size': 16}");
        TheirModels.tokenizer(sandbox, "model", true);
        String[] words = {
            "predict",
            path("model"),
            "--input",
            path("pictures/left"),
            "--text",
            "the cat sat",
            "--text",
            "a tree",
            "--text",
            "x"
        };
        List<String> lines = succeeds(words).out().lines().toList();
        assertThat(lines).hasSize(6);
        var line = Configs.json(lines.get(0), "line");
        assertThat(line.path("image").asString()).endsWith("0.png");
        assertThat(line.path("label").asString()).isIn("the cat sat", "a tree", "x");
        assertThat(line.path("probability").asDouble()).isBetween(1 / 3.0 - 1e-4, 1.0);
        assertThat(Ran.cw("predict", path("model"), "--text", "x").err())
                .contains("--image: this model tells which of the texts goes with an image; give one");
        assertThat(Ran.cw("predict", path("model"), "--image", path("pictures/left/0.png"))
                        .err())
                .contains("--text: this model tells which of several texts goes with an image; give two or more");
    }

    private String recipe(String more) {
        return RECIPE.formatted(root.toString().replace('\\', '/'), more);
    }

    private void run(String more) {
        sandbox.write("recipe.yaml", recipe(more));
        succeeds("run", path("recipe.yaml"), "--check");
        succeeds("run", path("recipe.yaml"));
    }

    private Tensor logits(String model, @Nullable String adapter) {
        var words = new ArrayList<>(List.of("predict", path(model), "--output", path("logits.safetensors")));
        words.addAll(List.of("--image", path("pictures/left/0.png"), "--image", path("pictures/right/0.png")));
        if (adapter != null) {
            words.addAll(List.of("--adapter", path(adapter)));
        }
        succeeds(words.toArray(new String[0]));
        try (SafetensorsFile written = SafetensorsFile.open(root.resolve("logits.safetensors"))) {
            return written.tensor("logits").clone();
        }
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
