package org.counterweight.merge.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.counterweight.testing.TensorAssert.assertTensor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.config.ConfigException;
import org.counterweight.config.Configs;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Tensors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of tokenizers, and of the rows of embeddings, in a merge. */
class MergedTokenizersTest {
    private static final MergeOptions PLAIN = MergeOptions.defaults();

    @TempDir
    Path root;

    private SmallModels small() {
        return new SmallModels(root);
    }

    @Test
    void tokenizersAreUnited() throws IOException {
        try (var scope = Scope.open()) {
            small().writeThree(1, ScalarType.Float);
            tokenizer("base", "{\"x\": 0, \"y\": 1, \"z\": 2}");
            tokenizer("a", "{\"x\": 0, \"new\": 1, \"z\": 2}");
            tokenizer("b", "{\"x\": 0, \"y\": 1, \"z\": 2}");
            Map<String, Tensor> merged = small().merge(
                            "{merge_method: linear, base_model: base, tokenizer_source: union, models: [{model: a, parameters:"
                                    + " {weight: 1}}, {model: b, parameters: {weight: 1}}]}",
                            PLAIN);
            assertThat(Tensors.shape(merged.getOrDefault("model.embed_tokens.weight", torch.ones(1))))
                    .containsExactly(4, 8);
            assertThat(Configs.read(root.resolve("out/config.json"))
                            .path("vocab_size")
                            .asInt())
                    .isEqualTo(4);
            assertThat(Files.readString(root.resolve("out/tokenizer.json"))).contains("\"new\"");
        }
    }

    /** What one model had added as special would otherwise be printed with what the merged model says. */
    @Test
    void addedTokensStayWhatTheyWere() throws IOException {
        try (var scope = Scope.open()) {
            small().writeThree(1, ScalarType.Float);
            tokenizer("a", "{\"x\": 0, \"y\": 1}");
            tokenizer("b", "{\"x\": 0, \"z\": 1}");
            Files.writeString(
                    root.resolve("b/tokenizer.json"),
                    "{\"model\": {\"vocab\": {\"x\": 0, \"z\": 1}}, \"added_tokens\": [{\"id\": 2, \"content\": \"<end>\","
                            + " \"special\": true, \"normalized\": false}]}");
            small().merge(
                            "{merge_method: linear, models: [{model: a}, {model: b}], parameters: {weight: 1}, tokenizer_source: union}",
                            PLAIN);
            var added = Configs.read(root.resolve("out/tokenizer.json")).path("added_tokens");
            assertThat(added.findValuesAsString("content")).containsExactly("z", "<end>");
            assertThat(added.path(0).path("special").asBoolean()).isFalse();
            assertThat(added.path(1).path("special").asBoolean()).isTrue();
        }
    }

    @Test
    void theTokenizerMayBeThatOfNoMergedModel() throws IOException {
        try (var scope = Scope.open()) {
            Map<String, Map<String, Tensor>> models = small().writeThree(1, ScalarType.Float);
            tokenizer("a", "{\"x\": 0, \"y\": 1, \"z\": 2}");
            Files.createDirectory(root.resolve("words"));
            tokenizer("words", "{\"z\": 0, \"x\": 1}");
            Tensor rows = small().merge(
                            "{merge_method: linear, models: [{model: a}], parameters: {weight: 1}, tokenizer_source: words}",
                            PLAIN)
                    .getOrDefault("model.embed_tokens.weight", Tensors.zeros(1));
            Tensor own = models.getOrDefault("a", Map.of()).getOrDefault("model.embed_tokens.weight", rows);
            assertTensor(rows).isEqualTo(torch.cat(new TensorVector(own.narrow(0, 2, 1), own.narrow(0, 0, 1)), 0));
            assertThat(Configs.read(root.resolve("out/tokenizer.json")))
                    .isEqualTo(Configs.read(root.resolve("words/tokenizer.json")));
        }
    }

    @Test
    void aRowThatTheModelDoesNotHaveIsRefused() throws IOException {
        try (var scope = Scope.open()) {
            small().writeThree(1, ScalarType.Float);
            tokenizer("a", "{\"x\": 0, \"y\": 1}");
            assertThatExceptionOfType(ConfigException.class)
                    .isThrownBy(() -> small().merge(
                                    "{merge_method: linear, models: [{model: a}], parameters: {weight: 1}, tokenizer: {source: base,"
                                            + " tokens: {x: {source: {kind: model_token, model: a, token_id: 3}, force: true}}}}",
                                    PLAIN))
                    .withMessage("tokenizer.tokens.x.source.token_id: 3 is not allowed; expected a row of a, 0 to 2");
        }
    }

    private void tokenizer(String model, String vocabulary) throws IOException {
        Files.writeString(
                root.resolve(model).resolve("tokenizer.json"),
                "{\"model\": {\"type\": \"BPE\", \"vocab\": " + vocabulary + "}, \"added_tokens\": []}");
    }
}
