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
import org.counterweight.merge.mergekit.MergeRecipe;
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
                            "{merge_method: linear, base_model: base, tokenizer_source: union, models: [{model: a,"
                                    + " parameters: {weight: 1}}, {model: b, parameters: {weight: 1}}]}",
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
                    "{\"model\": {\"vocab\": {\"x\": 0, \"z\": 1}}, \"added_tokens\": [{\"id\": 2, \"content\":"
                            + " \"<end>\", \"special\": true, \"normalized\": false}]}");
            small().merge(
                            "{merge_method: linear, models: [{model: a}, {model: b}], parameters: {weight: 1},"
                                    + " tokenizer_source: union}",
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
                            "{merge_method: linear, models: [{model: a}], parameters: {weight: 1}, tokenizer_source:"
                                    + " words}",
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
                                    "{merge_method: linear, models: [{model: a}], parameters: {weight: 1}, tokenizer:"
                                            + " {source: base, tokens: {x: {source: {kind: model_token, model: a,"
                                            + " token_id: 3}, force: true}}}}",
                                    PLAIN))
                    .withMessage("tokenizer.tokens.x.source.token_id: 3 is not allowed; expected a row of a, 0 to 2");
        }
    }

    /** A token beyond the last row, as of a fine-tuning that added a pad and did not resize, is in no file of the output. */
    @Test
    void tokensWithoutARowAreTakenOut() throws IOException {
        try (var scope = Scope.open()) {
            small().writeThree(1, ScalarType.Float);
            Path base = root.resolve("base");
            Files.writeString(
                    base.resolve("tokenizer.json"),
                    "{\"model\": {\"type\": \"BPE\", \"vocab\": {\"x\": 0, \"y\": 1, \"z\": 2}}, \"added_tokens\":"
                            + " [{\"id\": 3, \"content\": \"<pad>\", \"special\": true}]}");
            Files.writeString(
                    base.resolve("tokenizer_config.json"),
                    "{\"pad_token\": \"<pad>\", \"bos_token\": \"x\", \"added_tokens_decoder\": {\"3\": {\"content\":"
                            + " \"<pad>\"}}}");
            Files.writeString(base.resolve("added_tokens.json"), "{\"<pad>\": 3}");
            Files.writeString(base.resolve("tokenizer.model"), "pieces");
            Files.writeString(
                    base.resolve("config.json"),
                    "{\"architectures\": [\"LlamaForCausalLM\"], \"num_hidden_layers\": 1, \"vocab_size\": 3,"
                            + " \"pad_token_id\": 3, \"bos_token_id\": 0}");
            tokenizer("a", "{\"x\": 0, \"end\": 1, \"z\": 2}");
            small().merge(
                            "{merge_method: ties, base_model: base, models: [{model: a, parameters: {weight: 1}}],"
                                    + " tokenizer_source: union}",
                            PLAIN);
            Path out = root.resolve("out");
            assertThat(Configs.read(out.resolve("tokenizer.json"))
                            .path("added_tokens")
                            .findValuesAsString("content"))
                    .containsExactly("end");
            assertThat(Configs.read(out.resolve("added_tokens.json"))).hasToString("{\"end\":3}");
            var settings = Configs.read(out.resolve("tokenizer_config.json"));
            assertThat(settings.has("pad_token")).isFalse();
            assertThat(settings.path("bos_token").asString()).isEqualTo("x");
            assertThat(settings.path("added_tokens_decoder")
                            .path("3")
                            .path("content")
                            .asString())
                    .isEqualTo("end");
            assertThat(Files.readString(out.resolve("tokenizer.model")))
                    .isEqualTo("pieces"); // what is new stands beside it
            var config = Configs.read(out.resolve("config.json"));
            assertThat(config.path("pad_token_id").isNull()).isTrue();
            assertThat(config.path("bos_token_id").asInt()).isZero();
            assertThat(config.path("vocab_size").asInt()).isEqualTo(4);
        }
    }

    /** With another model's vocabulary a token's id is another. */
    @Test
    void idsFollowTheirTokens() throws IOException {
        try (var scope = Scope.open()) {
            small().writeThree(1, ScalarType.Float);
            tokenizer("a", "{\"x\": 0, \"end\": 1, \"z\": 2}");
            tokenizer("b", "{\"z\": 0, \"x\": 1, \"end\": 2}");
            Files.writeString(
                    root.resolve("a/config.json"),
                    "{\"architectures\": [\"LlamaForCausalLM\"], \"num_hidden_layers\": 1, \"vocab_size\": 3,"
                            + " \"eos_token_id\": [1, 2], \"text_config\": {\"vocab_size\": 3, \"bos_token_id\": 0}}");
            Files.writeString(root.resolve("a/generation_config.json"), "{\"eos_token_id\": 1}");
            small().merge(
                            "{merge_method: linear, models: [{model: a}, {model: b}], parameters: {weight: 1},"
                                    + " tokenizer_source: b}",
                            PLAIN);
            var config = Configs.read(root.resolve("out/config.json"));
            assertThat(config.path("eos_token_id")).hasToString("[2,0]");
            assertThat(config.path("text_config").path("bos_token_id").asInt()).isEqualTo(1);
            assertThat(Configs.read(root.resolve("out/generation_config.json"))
                            .path("eos_token_id")
                            .asInt())
                    .isEqualTo(2);
        }
    }

    @Test
    void theTemplateOfMostIsTaken() throws IOException {
        try (var scope = Scope.open()) {
            small().writeThree(1, ScalarType.Float);
            Files.writeString(root.resolve("base/tokenizer_config.json"), "{\"chat_template\": \"{{ own }}\"}");
            Files.writeString(root.resolve("a/chat_template.jinja"), "{{ theirs }}");
            Files.writeString(
                    root.resolve("b/tokenizer_config.json"),
                    "{\"chat_template\": [{\"name\": \"default\", \"template\": \"{{ theirs }}\"}]}");
            small().merge(
                            "{merge_method: linear, base_model: base, models: [{model: a}, {model: b}], parameters:"
                                    + " {weight: 1}, chat_template: auto}",
                            PLAIN);
            assertThat(Files.readString(root.resolve("out/chat_template.jinja")))
                    .isEqualTo("{{ theirs }}");
            assertThat(Configs.read(root.resolve("out/tokenizer_config.json")).has("chat_template"))
                    .isFalse();
        }
    }

    /** mergekit copies a template whatever it says, and so does this; but it is told. */
    @Test
    void aTemplateThatCannotBeReadIsTold() throws IOException {
        try (var scope = Scope.open()) {
            small().writeThree(1, ScalarType.Float);
            Files.writeString(root.resolve("a/chat_template.jinja"), "{% if messages %}no end");
            String recipe = "{merge_method: linear, models: [{model: a}, {model: b}], parameters: {weight: 1}}";
            try (MergePlan plan = MergePlan.of(MergeRecipe.parse(recipe, root, "test"), PLAIN)) {
                assertThat(StreamingMerge.run(plan, root.resolve("out"), MergeProgress.SILENT))
                        .filteredOn(note -> note.startsWith("chat_template.jinja: the chat template cannot be read: "))
                        .singleElement()
                        .asString()
                        .contains("put another into chat_template.jinja");
            }
            assertThat(Files.readString(root.resolve("out/chat_template.jinja")))
                    .isEqualTo("{% if messages %}no end");
        }
    }

    @Test
    void whatDecidesWhatVectorsMeanComesAlong() throws IOException {
        try (var scope = Scope.open()) {
            small().writeThree(1, ScalarType.Float);
            Path a = root.resolve("a");
            Files.writeString(a.resolve("modules.json"), "[{\"path\": \"\"}, {\"path\": \"1_Pooling\"}]");
            Files.createDirectory(a.resolve("1_Pooling"));
            Files.writeString(a.resolve("1_Pooling/config.json"), "{}");
            Files.writeString(a.resolve("sentence_bert_config.json"), "{}");
            Files.writeString(a.resolve("modeling_own.py"), "");
            Files.writeString(a.resolve("training_args.bin"), "");
            small().merge("{merge_method: linear, models: [{model: a}, {model: b}], parameters: {weight: 1}}", PLAIN);
            Path out = root.resolve("out");
            assertThat(out.resolve("1_Pooling/config.json")).exists();
            assertThat(out.resolve("sentence_bert_config.json")).exists();
            assertThat(out.resolve("modeling_own.py")).exists();
            assertThat(out.resolve("training_args.bin")).doesNotExist();
            assertThat(Files.readString(out.resolve("README.md")))
                    .startsWith("---\n")
                    .contains("- \"merge\"");
        }
    }

    private void tokenizer(String model, String vocabulary) throws IOException {
        Files.writeString(
                root.resolve(model).resolve("tokenizer.json"),
                "{\"model\": {\"type\": \"BPE\", \"vocab\": " + vocabulary + "}, \"added_tokens\": []}");
    }
}
