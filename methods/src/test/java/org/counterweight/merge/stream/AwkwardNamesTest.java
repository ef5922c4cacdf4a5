package org.counterweight.merge.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.counterweight.testing.TensorAssert.assertTensor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Tensors;
import org.counterweight.weights.WeightsException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Names and configs of published models that follow no rule. */
class AwkwardNamesTest {
    private static final MergeOptions PLAIN = MergeOptions.defaults();
    private static final String MEAN =
            "{merge_method: linear, models: [{model: a}, {model: b}], parameters: {weight: 0.5}}";

    @TempDir
    Path root;

    private SmallModels small() {
        return new SmallModels(root);
    }

    private Map<String, Tensor> model(Map<String, String> renamed, int seed) {
        var tensors = new LinkedHashMap<String, Tensor>();
        SmallModels.draw(seed, 2, ScalarType.Float)
                .forEach((name, tensor) -> tensors.put(renamed.getOrDefault(name, name), tensor));
        return tensors;
    }

    private Map<String, Tensor> mean(Map<String, String> a, Map<String, String> b) {
        small().write("a", model(a, 1), 2);
        small().write("b", model(b, 2), 2);
        return small().merge(MEAN, PLAIN);
    }

    /** As Qwen2-VL's merger of patches: what stands between two linear modules has no weights. */
    @Test
    void stepsOfASequenceAreNoLayers() {
        try (var scope = Scope.open()) {
            var names = Map.of(
                    "model.layers.0.mlp.up_proj.weight", "visual.merger.mlp.0.weight",
                    "model.layers.1.mlp.up_proj.weight", "visual.merger.mlp.2.weight");
            Map<String, Tensor> merged = mean(names, names);
            assertThat(merged).containsKeys("visual.merger.mlp.0.weight", "visual.merger.mlp.2.weight");
        }
    }

    /** As DeepSeek-V3's and GLM-4.5's: a layer more than the config counts guesses at tokens further on. */
    @Test
    void layersThatGuessAheadAreNotCounted() throws IOException {
        try (var scope = Scope.open()) {
            small().writeThree(2, ScalarType.Float);
            for (String name : new String[] {"a", "b"}) {
                Files.writeString(
                        root.resolve(name).resolve("config.json"),
                        "{\"num_hidden_layers\": 1, \"num_nextn_predict_layers\": 1, \"vocab_size\": 3}");
            }
            assertThat(small().merge(MEAN, PLAIN)).containsKey("model.layers.1.mlp.up_proj.weight");
            assertThat(Files.readString(root.resolve("out/config.json"))).contains("\"num_hidden_layers\" : 1");
        }
    }

    @Test
    void normsInTwoSpellingsAreOne() {
        try (var scope = Scope.open()) {
            Map<String, Tensor> merged = mean(
                    Map.of("model.norm.weight", "model.LayerNorm.weight"),
                    Map.of("model.norm.weight", "model.LayerNorm.gamma"));
            Tensor wanted = torch.stack(new TensorVector(
                            SmallModels.draw(1, 2, ScalarType.Float).get("model.norm.weight"),
                            SmallModels.draw(2, 2, ScalarType.Float).get("model.norm.weight")))
                    .mean(0);
            assertTensor(merged.get("model.LayerNorm.weight")).isCloseTo(wanted, 1e-6, 1e-6);
        }
    }

    @Test
    void aConfigThatNamesNoArchitectureFitsAny() throws IOException {
        try (var scope = Scope.open()) {
            small().writeThree(2, ScalarType.Float);
            Files.writeString(root.resolve("b/config.json"), "{\"num_hidden_layers\": 2, \"vocab_size\": 3}");
            assertThat(small().merge(MEAN, PLAIN)).isNotEmpty();
        }
    }

    /** Tokens stand in another order in the second model. */
    @ParameterizedTest
    @CsvSource({
        "model.embed_tokens.weight",
        "model.embeddings.tok_embeddings.weight", // ModernBERT
        "model.tok_embeddings.weight", // InternLM 2
        "text_model.embeddings.token_embedding.weight", // CLIP
        "backbone.embeddings.weight", // Mamba
        "transformer.word_embedding.weight" // XLNet
    })
    void rowsAreFoundByToken(String embedding) throws IOException {
        try (var scope = Scope.open()) {
            Map<String, Tensor> merged = united(embedding);
            Tensor first = SmallModels.draw(1, 2, ScalarType.Float).get("model.embed_tokens.weight");
            Tensor second = SmallModels.draw(2, 2, ScalarType.Float).get("model.embed_tokens.weight");
            assertThat(first).isNotNull();
            assertThat(second).isNotNull();
            if (first != null && second != null) {
                assertTensor(merged.get(embedding))
                        .isCloseTo(first.add(second.flip(0)).div(new Scalar(2.0)), 1e-6, 1e-6);
            }
        }
    }

    /** A bias of words stands in one row (BART), a head of words has the name of any head (RWKV). */
    @ParameterizedTest
    @CsvSource({"final_logits_bias", "head.weight"})
    void headsOfWordsFollowTheirTokens(String head) throws IOException {
        try (var scope = Scope.open()) {
            var shape = head.endsWith("bias") ? new long[] {1, 3} : new long[] {3, 1};
            for (String name : new String[] {"a", "b"}) {
                Map<String, Tensor> tensors = model(Map.of(), 1);
                double[] values = name.equals("a") ? new double[] {1, 2, 3} : new double[] {30, 20, 10};
                tensors.put(head, Tensors.doubles(values, shape).to(ScalarType.Float));
                small().write(name, tensors, 2);
            }
            Map<String, Tensor> merged = unite();
            Tensor wanted = Tensors.doubles(new double[] {5.5, 11, 16.5}, shape).to(ScalarType.Float);
            assertTensor(merged.get(head)).isCloseTo(wanted, 1e-6, 1e-6);
        }
    }

    /** Of a family's defaults that the tokenizer never had, which readers want as numbers. */
    @Test
    void idsThatNeverHadATokenStay() throws IOException {
        try (var scope = Scope.open()) {
            small().write("a", model(Map.of(), 1), 2);
            small().write("b", model(Map.of(), 2), 2);
            Files.writeString(
                    root.resolve("a/config.json"),
                    "{\"num_hidden_layers\": 2, \"vocab_size\": 3, \"vision_end_token_id\": 151653}");
            unite();
            assertThat(Files.readString(root.resolve("out/config.json"))).contains("151653");
        }
    }

    @Test
    void rowsThatMayBeAnythingAreNotMatched() {
        try (var scope = Scope.open()) {
            assertThatThrownBy(() -> united("model.lookup.weight"))
                    .isInstanceOf(WeightsException.class)
                    .hasMessageContaining("no embedding of tokens under a known name");
        }
    }

    private Map<String, Tensor> united(String embedding) throws IOException {
        var names = Map.of("model.embed_tokens.weight", embedding);
        small().write("a", model(names, 1), 2);
        small().write("b", model(names, 2), 2);
        return unite();
    }

    /** By tokenizers of which the second counts backwards. */
    private Map<String, Tensor> unite() throws IOException {
        Files.writeString(root.resolve("a/tokenizer.json"), "{\"model\": {\"vocab\": {\"x\": 0, \"y\": 1, \"z\": 2}}}");
        Files.writeString(root.resolve("b/tokenizer.json"), "{\"model\": {\"vocab\": {\"z\": 0, \"y\": 1, \"x\": 2}}}");
        return small().merge(MEAN.replace("models:", "tokenizer_source: union, models:"), PLAIN);
    }
}
