package org.counterweight.merge.stream;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.config.Configs;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Tensors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The table of docs/merging.md: each file that stands there runs. */
class PublishedRecipesTest {
    private static final Path PAGE = Path.of("../docs/merging.md");
    private static final Pattern ROW = Pattern.compile("\\| \\d+ \\| (.+?) \\| `(\\{.+})` \\| .+ \\|");
    private static final int LEAST = 30;

    private static final MergeOptions OPTIONS = Configs.bind(
            Configs.tree(MergeOptions.defaults())
                    .put("dequantize", true)
                    .put("min_keep", 1)
                    .put("num_threads", 1),
            MergeOptions.class,
            "");

    @TempDir
    Path root;

    private SmallModels small() {
        return new SmallModels(root);
    }

    static Stream<Arguments> rows() throws IOException {
        return Files.readAllLines(PAGE).stream()
                .map(ROW::matcher)
                .filter(row -> row.matches())
                .map(row -> Arguments.of(row.group(1), row.group(2)));
    }

    @BeforeEach
    void writeModels() throws IOException {
        try (var scope = Scope.open()) {
            Map<String, Map<String, Tensor>> models = small().writeThree(4, ScalarType.Float);
            Map<String, Tensor> a = models.getOrDefault("a", Map.of());
            var prefixed = new LinkedHashMap<String, Tensor>();
            a.forEach((name, tensor) -> prefixed.put("transformer." + name.replaceFirst("model\\.", ""), tensor));
            small().write("prefixed", prefixed, 4);
            var chat = new LinkedHashMap<>(a);
            chat.put("model.embed_tokens.weight", torch.ones(4, 8));
            small().write("chat", chat, 4);
            Path config = root.resolve("chat/config.json");
            Files.writeString(config, Files.readString(config).replace("\"vocab_size\": 3", "\"vocab_size\": 4"));
            tokenizer("base", "");
            tokenizer("chat", "{\"id\": 3, \"content\": \"<end>\", \"special\": true}");
            var codes = new LinkedHashMap<>(a);
            String weight = "model.layers.0.mlp.up_proj.weight";
            codes.put(weight, torch.ones(40, 24).to(ScalarType.Float8_e4m3fn));
            codes.put(weight + "_scale_inv", torch.ones(1, 1));
            small().write("fp8", codes, 4);
            writeStacks();
        }
    }

    private void tokenizer(String model, String added) throws IOException {
        Files.writeString(
                root.resolve(model).resolve("tokenizer.json"),
                "{\"model\": {\"type\": \"BPE\", \"vocab\": {\"x\": 0, \"y\": 1, \"z\": 2}}, \"added_tokens\": ["
                        + added + "]}");
    }

    private void writeStacks() throws IOException {
        var tensors = new LinkedHashMap<String, Tensor>();
        tensors.put("shared.weight", torch.ones(3, 8));
        for (String stack : new String[] {"encoder", "decoder"}) {
            for (int i = 0; i < 2; i++) {
                tensors.put(stack + ".block." + i + ".layer_norm.weight", torch.ones(8));
            }
            tensors.put(stack + ".final_layer_norm.weight", torch.ones(8));
        }
        small().write("t5", tensors, 2);
        Files.writeString(
                root.resolve("t5/config.json"),
                "{\"architectures\": [\"T5ForConditionalGeneration\"], \"is_encoder_decoder\": true, \"num_layers\": 2,"
                        + " \"vocab_size\": 3}");
    }

    @Test
    void thereAreThirtyKindsAndMore() throws IOException {
        assertThat(rows()).hasSizeGreaterThanOrEqualTo(LEAST);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("rows")
    void runs(String kind, String recipe) {
        try (var scope = Scope.open()) {
            Map<String, Tensor> merged = small().merge(recipe, OPTIONS);
            assertThat(merged).isNotEmpty();
            merged.forEach((name, tensor) -> assertThat(
                            tensor.to(ScalarType.Float).isfinite().all().item_bool())
                    .as(name)
                    .isTrue());
            assertThat(Files.exists(root.resolve("out/config.json"))).isTrue();
        }
    }

    @Test
    void aStackIsCutByItself() throws IOException {
        try (var scope = Scope.open()) {
            Map<String, Tensor> merged = small().merge(
                            "{merge_method: passthrough, modules: {encoder: {models: [{model: t5}]}, decoder: {slices:"
                                    + " [{sources: [{model: t5, layer_range: [0, 1]}]}, {sources: [{model: t5,"
                                    + " layer_range: [0, 2]}]}]}}}",
                            OPTIONS);
            assertThat(merged).containsKey("decoder.block.2.layer_norm.weight");
            assertThat(merged).doesNotContainKey("encoder.block.2.layer_norm.weight");
            var config = Configs.read(root.resolve("out/config.json"));
            assertThat(config.path("num_layers").asInt()).isEqualTo(2);
            assertThat(config.path("num_decoder_layers").asInt()).isEqualTo(3);
            assertThat(Tensors.shape(merged.getOrDefault("shared.weight", torch.ones(1))))
                    .containsExactly(3, 8);
        }
    }
}
