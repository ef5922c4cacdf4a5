package org.counterweight.formats.peft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.counterweight.testing.TensorAssert.assertTensor;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.config.ConfigException;
import org.counterweight.config.Configs;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;
import org.counterweight.formats.peft.config.PeftConfig;
import org.counterweight.model.Model;
import org.counterweight.model.zoo.Architectures;
import org.counterweight.weights.WeightsWriter;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Adapters that PEFT 0.21 put at convolutions over images and texts, whole and in groups, say what they say there. */
class PeftConvolutionsTest {
    @TempDir
    private Path directory;

    static List<Named<Path>> adapters() throws IOException, URISyntaxException {
        return PeftFamilies.below("/peft-convolutions");
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("adapters")
    void answersAsPeftDoes(Path adapter) throws URISyntaxException {
        try (var scope = Scope.open()) {
            PeftFamilies.Answers answers = PeftFamilies.answers(adapter);
            assertThat(answers.adapter().parametrizations()).isNotEmpty();
            assertTensor(answers.ours()).isCloseTo(answers.theirs(), 1e-4, 2e-5);
            assertTensor(answers.merged()).isCloseTo(answers.theirs(), 1e-4, 2e-5);
        }
    }

    /** There B sees its group alone, and A all channels: no kernel of the layer does that. */
    @Test
    void aLoraAtAConvolutionInGroupsIsRefused() throws IOException {
        String module = "base_model.model.encoder.conv.conv.lora_";
        Files.writeString(
                directory.resolve(PeftConfig.FILE),
                "{\"peft_type\": \"LORA\", \"r\": 2, \"target_modules\": [\"conv.conv\"]}");
        try (var scope = Scope.open()) {
            WeightsWriter.write(
                    directory.resolve(PeftAdapter.FILE),
                    Map.of(module + "A.weight", Tensors.zeros(2, 8, 3), module + "B.weight", Tensors.zeros(8, 1, 1)),
                    Map.of());
            Model model = Architectures.of(Configs.json(
                    "{\"model_type\": \"deberta-v2\", \"vocab_size\": 12, \"hidden_size\": 8, \"num_attention_heads\": 2,"
                            + " \"num_hidden_layers\": 1, \"conv_kernel_size\": 3, \"conv_groups\": 2}",
                    "family"));
            Map<String, Tensor> weights = model.initialize(new Seed(1).generator());
            assertThatThrownBy(() -> PeftAdapter.read(directory, model, "deberta-v2", weights))
                    .isInstanceOf(ConfigException.class)
                    .hasMessageContaining(
                            "encoder.conv.conv: a LoRA at a convolution of 2 groups is no change of its weight,");
        }
    }
}
