package org.counterweight.formats.peft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.counterweight.testing.TensorAssert.assertTensor;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.counterweight.adapt.AdapterConfig;
import org.counterweight.adapt.lowrank.DoraConfig;
import org.counterweight.adapt.lowrank.LoraConfig;
import org.counterweight.adapt.lowrank.LowRankStart;
import org.counterweight.config.ConfigException;
import org.counterweight.config.Configs;
import org.counterweight.engine.Scope;
import org.counterweight.formats.peft.PeftFamilies.Answers;
import org.counterweight.formats.peft.config.PeftConfig;
import org.counterweight.formats.peft.config.PeftNames;
import org.counterweight.model.Model;
import org.counterweight.model.zoo.Architectures;
import org.counterweight.weights.SafetensorsFile;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** An adapter of each family, at the modules that PEFT chooses by itself, is read as PEFT reads it and written as PEFT does. */
class PeftFamiliesTest {
    private static final String WEIGHT = ".weight";
    private static final AdapterConfig LORA = new LoraConfig(4, 8, false, 0, LowRankStart.LORA, false, List.of("*"));

    @TempDir
    private Path directory;

    static List<Named<Path>> adapters() throws IOException, URISyntaxException {
        return PeftFamilies.all();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("adapters")
    void answersAsPeftDoesAndIsWrittenAsPeftDoes(Path adapter) throws IOException, URISyntaxException {
        try (var scope = Scope.open()) {
            Answers answers = PeftFamilies.answers(adapter);
            assertThat(answers.adapter().warnings()).isEmpty();
            assertTensor(answers.ours()).isCloseTo(answers.theirs(), 1e-4, 2e-5);
            assertTensor(answers.merged()).isCloseTo(answers.theirs(), 1e-4, 2e-5);
            rewritten(adapter, answers);
        }
    }

    private void rewritten(Path adapter, Answers read) throws IOException {
        String stated =
                Configs.read(adapter.resolve(PeftConfig.FILE)).path("task_type").asString("");
        List<String> modules = read.adapter().parametrizations().keySet().stream()
                .map(name -> name.substring(0, name.length() - WEIGHT.length()))
                .toList();
        AdapterConfig settings =
                read.adapter().config().at(modules.get(0), modules.get(0)).adapter();
        List<String> heads = stated.equals("SEQ_CLS") ? read.model().modules().heads() : List.of();
        Path again = directory.resolve("again");
        new PeftWriter(
                        settings,
                        modules,
                        "base",
                        stated.isEmpty() ? null : stated,
                        heads,
                        false,
                        PeftNames.of(read.type()))
                .write(again, read.adapted(), Map.of());
        try (SafetensorsFile theirs = SafetensorsFile.open(adapter.resolve(PeftAdapter.FILE));
                SafetensorsFile ours = SafetensorsFile.open(again.resolve(PeftAdapter.FILE))) {
            assertThat(ours.tensors().keySet())
                    .containsExactlyInAnyOrderElementsOf(theirs.tensors().keySet());
            for (String name : ours.tensors().keySet()) {
                assertTensor(ours.tensor(name)).as(name).isEqualTo(theirs.tensor(name));
            }
        }
    }

    @Test
    void imageTransformersHaveOtherNamesInMemoryThanInFiles() {
        PeftNames vit = PeftNames.of("vit");
        Map<String, String> both = Map.of(
                "vit.encoder.layer.10.attention.attention.query", "vit.layers.10.attention.q_proj",
                "encoder.layer.0.attention.output.dense", "layers.0.attention.o_proj",
                "vit.encoder.layer.2.intermediate.dense", "vit.layers.2.mlp.fc1",
                "vit.encoder.layer.2.output.dense.lora_A.weight", "vit.layers.2.mlp.fc2.lora_A.weight",
                "classifier", "classifier");
        both.forEach((file, memory) -> {
            assertThat(vit.inMemory(file)).isEqualTo(memory);
            assertThat(vit.inFiles(memory)).isEqualTo(file);
            assertThat(vit.inFiles(file))
                    .as("written beside older transformers")
                    .isEqualTo(file);
        });
        assertThat(PeftNames.of("dinov2").inMemory("dinov2.encoder.layer.1.attention.attention.value"))
                .isEqualTo("dinov2.encoder.layer.1.attention.v_proj");
        assertThat(PeftNames.of("bert").inMemory("encoder.layer.0.attention.output.dense"))
                .isEqualTo("encoder.layer.0.attention.output.dense");
    }

    @Test
    void whatIsNoModuleInMemoryIsNoPlaceForPeft() {
        refused(
                "\"dinov2\", \"use_swiglu_ffn\": true, \"image_size\": 28",
                LORA,
                "encoder.layer.0.mlp.weights_in is two modules, gate_proj and up_proj, where");
        String experts = "\"qwen3_moe\", \"num_experts\": 2, \"mlp_only_layers\": [0], \"vocab_size\": 9";
        refused(experts, LORA, "model.layers.0.mlp.gate_proj has a name that PEFT takes for that of experts, so");
        refused(
                "\"qwen3_moe\", \"num_experts\": 2, \"vocab_size\": 9",
                new DoraConfig(4, 8, false, 0, true, LowRankStart.LORA, List.of("*")),
                "model.layers.0.mlp.gate is no torch.nn.Linear where transformers reads it, and PEFT has LoRA alone there");
        refused(
                "\"mixtral\", \"num_local_experts\": 2, \"vocab_size\": 9",
                new DoraConfig(4, 8, false, 0, true, LowRankStart.LORA, List.of("*")),
                List.of("model.layers.0.block_sparse_moe.experts.0.w1"),
                "model.layers.0.block_sparse_moe.experts.0.w1 is a part of one tensor where transformers reads it, at which PEFT");
    }

    private static void refused(String family, AdapterConfig settings, String message) {
        refused(family, settings, List.of(), message);
    }

    /** @param modules none for all linear ones */
    private static void refused(String family, AdapterConfig settings, List<String> modules, String message) {
        Model model = Architectures.of(Configs.json(
                "{\"hidden_size\": 8, \"num_hidden_layers\": 2, \"num_attention_heads\": 2, \"num_key_value_heads\": 1,"
                        + " \"model_type\": " + family + "}",
                "family"));
        assertThatThrownBy(() -> new PeftFormat(false)
                        .check(
                                settings,
                                model,
                                modules.isEmpty() ? model.modules().linears() : modules))
                .isInstanceOf(ConfigException.class)
                .hasMessageStartingWith(message);
    }
}
