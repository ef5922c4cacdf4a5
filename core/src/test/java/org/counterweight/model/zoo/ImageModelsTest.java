package org.counterweight.model.zoo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.counterweight.testing.TensorAssert.assertTensor;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.config.ConfigException;
import org.counterweight.config.Configs;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;
import org.counterweight.model.Batch;
import org.counterweight.model.Model;
import org.counterweight.model.Params;
import org.counterweight.model.Pass;
import org.counterweight.model.zoo.image.ResNet;
import org.counterweight.weights.SafetensorsFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.node.ObjectNode;

/** Image models against PyTorch's own layers, in evaluation and in training. */
class ImageModelsTest {
    private static Path directory(String name) throws URISyntaxException {
        return Path.of(Objects.requireNonNull(ImageModelsTest.class.getResource("/models/" + name))
                .toURI());
    }

    @ParameterizedTest
    @ValueSource(strings = {"convnet-grey", "convnet-odd", "resnet", "mlp"})
    void agreesWithPyTorch(String name) throws IOException, URISyntaxException {
        Model model = Architectures.of(Configs.read(directory(name).resolve("config.json")));
        try (var scope = Scope.open();
                var file = SafetensorsFile.open(directory(name).resolve("tensors.safetensors"))) {
            var weights = new LinkedHashMap<String, Tensor>();
            model.shapes().keySet().forEach(weight -> weights.put(weight, file.tensor("weight." + weight)));
            assertThat(weights.keySet().stream().map(weight -> "weight." + weight))
                    .containsExactlyInAnyOrderElementsOf(file.tensors().keySet().stream()
                            .filter(tensor -> tensor.startsWith("weight."))
                            .toList());
            Params params = Params.of(weights);
            Batch batch = new Batch(Map.of(Batch.PIXEL_VALUES, file.tensor("in.pixel_values")));

            assertTensor(model.forward(params, batch, Pass.evaluation()).logits())
                    .isCloseTo(file.tensor("out.logits"), 1e-4, 1e-5);

            var moved = new LinkedHashMap<String, Tensor>();
            Pass training = Pass.training(new Seed(1).generator());
            Tensor expected = file.tensor("out.training");
            assertTensor(model.forward(params, batch, training).logits()).isCloseTo(expected, 1e-4, 1e-5);
            assertTensor(model.forward(params, batch, training.reporting(moved::put))
                            .logits())
                    .isCloseTo(expected, 1e-4, 1e-5);
            assertThat(moved.keySet())
                    .containsExactlyInAnyOrderElementsOf(model.modules().buffers());
            moved.forEach((weight, tensor) ->
                    assertTensor(tensor).as(weight).isCloseTo(file.tensor("out." + weight), 1e-5, 1e-6));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"convnet-grey", "resnet", "mlp"})
    void drawsEveryWeightInItsShape(String name) throws IOException, URISyntaxException {
        Model model = Architectures.of(Configs.read(directory(name).resolve("config.json")));
        try (var scope = Scope.open()) {
            Map<String, Tensor> once = model.initialize(new Seed(1).generator());
            Map<String, Tensor> again = model.initialize(new Seed(1).generator());
            model.shapes().forEach((weight, shape) -> {
                Tensor drawn = Objects.requireNonNull(once.get(weight));
                assertThat(Tensors.shape(drawn)).as(weight).isEqualTo(shape);
                assertTensor(Objects.requireNonNull(again.get(weight)))
                        .as(weight)
                        .isEqualTo(drawn);
            });
        }
    }

    @Test
    void imagesThatDoNotFitAreRefused() {
        Model vit = Zoo.of("vit", "ViTForImageClassification", "");
        try (var scope = Scope.open()) {
            Params params = Zoo.params(vit, ScalarType.Float);
            assertThatThrownBy(() -> vit.forward(params, images(1, 6, 9), Pass.evaluation()))
                    .hasMessage("pixel_values: images of 6 x 9, but the model reads 6 x 6 (image_size); resize them");
            assertThatThrownBy(() -> vit.forward(params, images(3, 6, 6), Pass.evaluation()))
                    .hasMessage(
                            "pixel_values: [2, 3, 6, 6], but the model reads [rows, 1, height, width] (num_channels)");
            Model stretching = Zoo.of("dinov2", "Dinov2ForImageClassification", "");
            assertThat(Tensors.shape(stretching
                            .forward(Zoo.params(stretching, ScalarType.Float), images(1, 6, 9), Pass.evaluation())
                            .logits()))
                    .containsExactly(2, 3);
        }
    }

    private static Batch images(long... shape) {
        return new Batch(Map.of(Batch.PIXEL_VALUES, Tensors.zeros(2, shape[0], shape[1], shape[2])));
    }

    @Test
    void rowsAreDroppedWholeInTraining() {
        try (var scope = Scope.open()) {
            Pass training = Pass.training(new Seed(1).generator());
            double[] rows =
                    Tensors.toDoubles(training.dropRows(Tensors.zeros(50, 4).add(Tensors.scalar(1)), 0.5));
            for (int i = 0; i < rows.length; i++) {
                assertThat(rows[i]).isEqualTo(rows[i / 4 * 4]).isIn(0.0, 2.0);
            }
            assertThat(rows).contains(0.0, 2.0);
            Tensor x = Tensors.zeros(2, 3);
            assertThat(Pass.evaluation().dropRows(x, 0.5)).isSameAs(x);
        }
    }

    @Test
    void aBareImageModelGetsAHeadOfItsFamily() {
        List<String> labels = List.of("cat", "dog", "tree");
        ObjectNode vit = Configs.json("{\"model_type\": \"vit\", \"architectures\": [\"ViTModel\"]}", "vit");
        ObjectNode changed = Architectures.imageClassifier(vit, labels);
        assertThat(changed.path("architectures").path(0).asString()).isEqualTo("ViTForImageClassification");
        assertThat(Architectures.of(changed).shapes().get("classifier.weight")).containsExactly(3, 768);
        ObjectNode small = Configs.json("{\"model_type\": \"resnet\", \"width\": 4}", "resnet");
        assertThat(Architectures.of(Architectures.imageClassifier(small, labels)))
                .as("ours, which shares the name")
                .isInstanceOf(ResNet.class);
        ObjectNode bert = Configs.json("{\"model_type\": \"bert\"}", "bert");
        assertThatThrownBy(() -> Architectures.imageClassifier(bert, labels))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining(
                        "expected an image model: clip, convnet, convnext, deit, dinov2, mlp, resnet, vit");
        assertThat(Architectures.readImages(vit)).isTrue();
        assertThat(Architectures.readImages(bert)).isFalse();
    }
}
