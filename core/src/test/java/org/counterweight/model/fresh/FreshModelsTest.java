package org.counterweight.model.fresh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.config.ConfigException;
import org.counterweight.config.Configs;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;
import org.counterweight.model.Batch;
import org.counterweight.model.Model;
import org.counterweight.model.Params;
import org.counterweight.model.Pass;
import org.counterweight.model.zoo.Architectures;
import org.counterweight.model.zoo.Heads;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every model of a recipe's own sizes takes images of their shape and tells as many classes as there are. */
class FreshModelsTest {
    record Holder(FreshModel architecture) {}

    private static FreshModel fresh(String yaml) {
        return Configs.bind(Configs.yaml("architecture: " + yaml, "recipe"), Holder.class, "")
                .architecture();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "mlp                                        | 3 | 8",
                "{type: mlp, hidden: [], activation: tanh}  | 1 | 5",
                "convnet                                    | 3 | 8",
                "{type: convnet, width: 2, depth: 5}        | 1 | 28",
                "{type: convnet, norm: none, depth: 2}      | 1 | 7",
                "resnet                                     | 1 | 8",
                "{type: resnet, width: 3, depths: [1, 2], norm: instance} | 3 | 9"
            })
    void takesImagesOfTheirShape(String yaml, int channels, int side) {
        var config = fresh(yaml).config(List.of(channels, side, side));
        Model model = Architectures.of(Heads.plain(config, "ImageClassification", List.of("a", "b", "c")));
        try (var scope = Scope.open()) {
            Map<String, Tensor> weights = model.initialize(new Seed(1).generator());
            var batch = new Batch(Map.of(Batch.PIXEL_VALUES, Tensors.zeros(2, channels, side, side)));
            Tensor logits =
                    model.forward(Params.of(weights), batch, Pass.evaluation()).logits();
            assertThat(Tensors.shape(logits)).containsExactly(2, 3);
        }
    }

    @Test
    void whatDoesNotFitTheImagesIsRefused() {
        assertThatThrownBy(() -> fresh("{type: convnet, depth: 4}").config(List.of(3, 8, 8)))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("model.architecture.depth: 4 is not allowed; expected at most 3");
        assertThatThrownBy(() -> fresh("convnet").config(List.of(3, 8, 9)))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("a convnet takes square images, and these are 8 high and 9 wide");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{type: mlp, hidden: [0]}          | model.architecture.hidden[0]: 0 is not allowed",
                "{type: mlp, activation: rellu}    | model.architecture.activation: \"rellu\" is not allowed",
                "{type: mlp, dropout: 1.0}         | model.architecture.dropout: 1.0 is not allowed",
                "{type: convnet, width: 0}         | model.architecture.width: 0 is not allowed",
                "{type: convnet, depth: 0}         | model.architecture.depth: 0 is not allowed",
                "{type: resnet, width: 0}          | model.architecture.width: 0 is not allowed",
                "{type: resnet, depths: []}        | model.architecture.depths: [] is not allowed",
                "{type: resnet, depths: [1, 0]}    | model.architecture.depths[1]: 0 is not allowed"
            })
    void wrongSizesNameThemselves(String yaml, String message) {
        assertThatThrownBy(() -> fresh(yaml))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining(message);
    }
}
