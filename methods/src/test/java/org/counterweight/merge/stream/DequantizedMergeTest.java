package org.counterweight.merge.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.counterweight.testing.TensorAssert.assertTensor;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.config.Configs;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Tensors;
import org.counterweight.weights.WeightsException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.node.ObjectNode;

/** Models that are stored as codes: refused, or widened to the numbers that the field's libraries make of them. */
class DequantizedMergeTest {
    private static final String WEIGHT = "model.layers.0.up_proj.weight";
    private static final MergeOptions WIDENING =
            Configs.bind(Configs.tree(MergeOptions.defaults()).put("dequantize", true), MergeOptions.class, "");
    private static final String COPY = "{merge_method: passthrough, models: [{model: q}]}";

    @TempDir
    Path root;

    private SmallModels small() {
        return new SmallModels(root);
    }

    private static Tensor floats(float... values) {
        return Tensors.floats(values, values.length);
    }

    private static Tensor longs(long... values) {
        return Tensors.longs(values, values.length);
    }

    private void config(String quantization) throws IOException {
        Files.writeString(
                root.resolve("q/config.json"),
                "{\"architectures\": [\"LlamaForCausalLM\"], \"num_hidden_layers\": 1, \"torch_dtype\": \"bfloat16\","
                        + " \"quantization_config\": " + quantization + "}");
    }

    /** Blocks of two rows and three columns of a weight of three and five: those at the ends are smaller. */
    private Map<String, Tensor> blocks() {
        var tensors = new LinkedHashMap<String, Tensor>();
        tensors.put(
                WEIGHT,
                floats(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, -1, -2, -3, -4, -5)
                        .reshape(3, 5)
                        .to(ScalarType.Float8_e4m3fn));
        tensors.put(WEIGHT + "_scale_inv", floats(0.5f, 2, 0.25f, 3).reshape(2, 2));
        return tensors;
    }

    @Test
    void blocksOfEightBitFloatsAreWidened() throws IOException {
        try (var scope = Scope.open()) {
            small().write("q", blocks(), 1);
            config("{\"quant_method\": \"fp8\", \"weight_block_size\": [2, 3]}");
            Map<String, Tensor> merged = small().merge(COPY, WIDENING);
            assertThat(merged).containsOnlyKeys(WEIGHT);
            Tensor expected = floats(0.5f, 1, 1.5f, 8, 10, 3, 3.5f, 4, 18, 20, -0.25f, -0.5f, -0.75f, -12, -15)
                    .reshape(3, 5)
                    .to(ScalarType.BFloat16);
            assertTensor(merged.get(WEIGHT)).isEqualTo(expected);
            assertThat(Configs.read(root.resolve("out/config.json")).has("quantization_config"))
                    .isFalse();
        }
    }

    @Test
    void theyAreRefusedUnlessThatIsWanted() throws IOException {
        try (var scope = Scope.open()) {
            small().write("q", blocks(), 1);
            config("{\"quant_method\": \"fp8\"}");
            assertThatExceptionOfType(WeightsException.class)
                    .isThrownBy(() -> small().merge(COPY, MergeOptions.defaults()))
                    .withMessageContaining("is quantised (fp8, as quantization_config in config.json shows)")
                    .withMessageContaining("or let --dequantize widen it");
        }
    }

    @Test
    void otherFormsAreRefusedInAnyCase() throws IOException {
        try (var scope = Scope.open()) {
            small().write(
                            "q",
                            Map.of("model.layers.0.up_proj.qweight", longs(1, 2).to(ScalarType.Int)),
                            1);
            config("{\"quant_method\": \"gptq\"}");
            assertThatExceptionOfType(WeightsException.class)
                    .isThrownBy(() -> small().merge(COPY, WIDENING))
                    .withMessageContaining("is quantised (gptq")
                    .withMessageContaining("with transformers first");
        }
    }

    /** Six elements in blocks of four, and their scales as codes with an offset: 0.5 · 2 + 1 = 2 and 0.25 · 2 + 1 = 1.5. */
    @Test
    void fourBitsOfDoubleQuantisationAreWidened() throws IOException {
        try (var scope = Scope.open()) {
            ObjectNode state = Configs.JSON.createObjectNode();
            state.put("quant_type", "nf4").put("blocksize", 4).put("dtype", "float16");
            state.putArray("shape").add(2).add(3);
            state.put("nested_blocksize", 256).put("nested_offset", 1.0);
            byte[] said = state.toString().getBytes(StandardCharsets.UTF_8);
            long[] bytes = new long[said.length];
            for (int i = 0; i < said.length; i++) {
                bytes[i] = said[i];
            }
            float[] table = new float[16];
            for (int i = 0; i < table.length; i++) {
                table[i] = (i - 8) / 8f;
            }
            float[] inner = new float[256];
            inner[3] = 0.5f;
            inner[7] = 0.25f;
            var tensors = new LinkedHashMap<String, Tensor>();
            tensors.put(WEIGHT, longs(0x0f, 0x84, 0xc0).to(ScalarType.Byte).reshape(3, 1));
            tensors.put(WEIGHT + ".absmax", longs(3, 7).to(ScalarType.Byte));
            tensors.put(WEIGHT + ".quant_map", floats(table));
            tensors.put(WEIGHT + ".nested_absmax", floats(2));
            tensors.put(WEIGHT + ".nested_quant_map", floats(inner));
            tensors.put(WEIGHT + ".quant_state.bitsandbytes__nf4", longs(bytes).to(ScalarType.Byte));
            small().write("q", tensors, 1);
            config("{\"quant_method\": \"bitsandbytes\", \"load_in_4bit\": true}");
            Map<String, Tensor> merged = small().merge(COPY, WIDENING);
            assertThat(merged).containsOnlyKeys(WEIGHT);
            Tensor expected =
                    floats(-2, 1.75f, 0, -1, 0.75f, -1.5f).reshape(2, 3).to(ScalarType.Half);
            assertTensor(merged.get(WEIGHT)).isEqualTo(expected);
        }
    }
}
