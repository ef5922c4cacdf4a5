package org.counterweight.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.counterweight.weights.quantised.Quantisation;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which models are quantised, by what their libraries write, and which only look a little like it. */
class QuantisationTest {
    private static final String WHOLE = "model.norm.weight BF16 1";

    @TempDir
    private Path directory;

    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource({
        "bitsandbytes NF4, q.weight U8 8x1; q.weight.absmax F32 1; q.weight.quant_map F32 16; "
                + "q.weight.quant_state.bitsandbytes__nf4 U8 9",
        "bitsandbytes FP4, q.weight U8 8x1; q.weight.absmax F32 1; q.weight.quant_state.bitsandbytes__fp4 U8 9",
        "'bitsandbytes, 4 bits', q.weight U8 8x1; q.weight.absmax F32 1; q.weight.quant_map F32 16",
        "bitsandbytes INT8, q.weight I8 4x4; q.SCB F32 4; q.weight_format U8 1",
        "GPTQ, q.qweight I32 1x4; q.qzeros I32 1x1; q.scales F16 1x4; q.g_idx I32 4",
        "AWQ or GPTQ, q.qweight I32 4x1; q.qzeros I32 1x1; q.scales F16 1x4",
        "block FP8, q.weight F8_E4M3 4x4; q.weight_scale_inv F32 1x1",
        "block FP8, mlp.experts.up_proj F8_E4M3 2x4x4; mlp.experts.up_proj_scale_inv F32 2x1x1",
        "'8-bit floats, F8_E5M2', q.weight F8_E5M2 4x4",
        "compressed-tensors, q.weight_packed I32 4x1; q.weight_scale BF16 4x1; q.weight_shape I64 2",
        "'integers, I8', q.weight I8 4x4; q.weight_scale BF16 4x1",
        "MXFP4, experts.up_proj_blocks U8 2x4x1x16; experts.up_proj_scales U8 2x4x1; experts.up_proj_bias BF16 2x4",
        "NVFP4, q.weight U8 4x2; q.weight_scale F8_E4M3 4x1; q.weight_scale_2 F32 1",
        "HQQ, q.W_q U8 2x4; q.scale F16 4x1; q.zero F16 4x1",
        "quanto, q.weight._data I8 4x4; q.weight._scale BF16 4x1",
        "AQLM, q.codes I8 4x1x1; q.codebooks F16 1x256x1x8; q.scales F16 4x1x1x1",
        "EETQ, q.weight I8 4x4; q.weight_scales F16 4",
        "torchao, q._weight_qdata I8 4x4; q._weight_scale F32 4x1",
        "FP-Quant, q.qweight U8 4x2; q.scales U8 4x1; q.forward_hadamard_matrix BF16 4x4",
        "'integers, U32', q.weight U32 4x1; q.scales F16 4x1; q.biases F16 4x1"
    })
    void isSeenByTheTensors(String kind, String tensors) throws IOException {
        Quantisation found =
                quantisation(null, (WHOLE + "; " + tensors).split("; ")).orElseThrow();
        assertThat(found.kind()).isEqualTo(kind);
        assertThat(tensors).contains(found.seen());
        assertThat(found.byConfigAlone()).isFalse();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "fp8 | quantization_config | {'quantization_config': {'quant_method': 'fp8'}}",
                "bitsandbytes nf4 | quantization_config | {'quantization_config': {'quant_method': 'bitsandbytes',"
                        + " 'load_in_4bit': true, 'bnb_4bit_quant_type': 'nf4'}}",
                "bitsandbytes | quantization_config | {'quantization_config': {'load_in_8bit': true}}",
                "mxfp4 | text_config.quantization_config | {'text_config': {'quantization_config':"
                        + " {'quant_method': 'mxfp4'}}}",
                "compressed-tensors | compression_config | {'compression_config': {'quant_method':"
                        + " 'compressed-tensors'}}",
                "a method without a name | quantization | {'quantization': {'group_size': 64, 'bits': 4}}"
            })
    void isSeenByTheConfig(String kind, String key, String config) throws IOException {
        assertThat(quantisation(config, WHOLE))
                .contains(new Quantisation(kind, key + " in config.json", true)); // its tensors were replaced, it seems
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{'quantization_config': null}",
                "{'quantization_config': {}}",
                "{'quantization_config': {'quant_method': null}}",
                "{'quantization_config': {'quant_method': 'bitsandbytes', 'load_in_4bit': false, 'load_in_8bit': false}}",
                "{'text_config': {'quantization_config': null}}",
                "{'quantization': {'codebooks': 8}}"
            })
    void isNotSeenWhereThereIsNone(String config) throws IOException {
        assertThat(quantisation(
                        config,
                        WHOLE,
                        "h.0.attn.bias U8 1x1x4x4",
                        "seen I8 4x4",
                        "embeddings.position_ids I64 1x8",
                        "bn.num_batches_tracked I64 1",
                        "scales F32 4",
                        "mlp.blocks F32 4x4",
                        "attn.W_q F32 4x4",
                        "q.weight F16 4x4",
                        "q.weight_scale F32 4"))
                .isEmpty();
    }

    @Test
    void theConfigNamesItAndTheTensorsWhereItDoesNot() throws IOException {
        String codes = "q.weight U8 8x1";
        assertThat(quantisation("{'quantization_config': {'quant_method': 'higgs'}}", codes))
                .contains(new Quantisation("higgs", "quantization_config in config.json", false));
        assertThat(quantisation("{'quantization_config': {'bits': 4}}", codes))
                .contains(new Quantisation("integers, U8", "quantization_config in config.json", false));
    }

    @Test
    void theRefusalNamesDirectoryMethodAndRemedy() throws IOException {
        save("{'quantization_config': {'quant_method': 'gptq'}}", WHOLE, "q.qweight I32 1x4", "q.g_idx I32 4");
        try (ModelDirectory model = ModelDirectory.open(directory)) {
            assertThatExceptionOfType(WeightsException.class)
                    .isThrownBy(() -> Quantisation.refuse(model))
                    .withMessage(
                            "%s: is quantised (gptq, as quantization_config in config.json shows), and only whole"
                                    + " weights can be computed with; take the model that it was made from, or dequantise it"
                                    + " with transformers first (block FP8 and bitsandbytes' 4 bits: cw merge RECIPE OUT"
                                    + " --dequantize, with {merge_method: passthrough, models: [{model: %s}]} as the"
                                    + " recipe)",
                            directory, directory.getFileName());
        }
    }

    private Optional<Quantisation> quantisation(@Nullable String config, String... tensors) throws IOException {
        save(config, tensors);
        try (ModelDirectory model = ModelDirectory.open(directory)) {
            return Quantisation.of(model);
        }
    }

    /** A model of tensors such as {@code q.weight U8 8x1}. */
    private void save(@Nullable String config, String... tensors) throws IOException {
        if (config != null) {
            Files.writeString(directory.resolve("config.json"), config.replace('\'', '"'));
        }
        var infos = new ArrayList<TensorInfo>();
        for (String tensor : tensors) {
            List<String> words = List.of(tensor.split(" "));
            long[] shape = List.of(words.get(2).split("x")).stream()
                    .mapToLong(Long::parseLong)
                    .toArray();
            infos.add(new TensorInfo(words.get(0), DType.valueOf(words.get(1)), shape));
        }
        SafetensorsHeader header = SafetensorsHeader.layout(infos, Map.of());
        byte[] bytes = header.encode();
        byte[] all = new byte[bytes.length + Math.toIntExact(header.dataBytes())];
        System.arraycopy(bytes, 0, all, 0, bytes.length);
        RawFile.write(directory.resolve("model.safetensors"), all);
    }
}
