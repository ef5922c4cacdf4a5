package org.counterweight.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.counterweight.testing.TensorAssert.assertTensor;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.config.Configs;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Tensors;
import org.counterweight.weights.SafetensorsFile;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** Vectors of texts, as sentence-transformers makes them of a model's files. */
class EmbedRunTest {
    @TempDir
    private Path root;

    private Sandbox sandbox;

    @BeforeEach
    void model() {
        sandbox = new Sandbox(root).model("m", "BertModel", Map.of());
    }

    private Tensor vectors(String... words) {
        var all = new ArrayList<>(List.of("predict", path("m"), "--embed", "--output", path("v.safetensors")));
        all.addAll(List.of(words));
        succeeds(all.toArray(new String[0]));
        try (SafetensorsFile file = SafetensorsFile.open(root.resolve("v.safetensors"))) {
            return file.tensor("embeddings").clone();
        }
    }

    private void modules(String more) {
        sandbox.write(
                "m/modules.json",
                "[{\"type\": \"sentence_transformers.models.Transformer\", \"path\": \"\"},"
                        + " {\"type\": \"sentence_transformers.models.Pooling\", \"path\": \"1_Pooling\"}" + more
                        + "]");
    }

    /** One text and the same beside a longer one: what fills up short rows counts for nothing. */
    @ParameterizedTest
    @CsvSource({
        "pooling_mode_cls_token",
        "pooling_mode_mean_tokens",
        "pooling_mode_max_tokens",
        "pooling_mode_mean_sqrt_len_tokens",
        "pooling_mode_weightedmean_tokens",
        "pooling_mode_lasttoken"
    })
    void aTextHasOneVectorWhateverStandsBesideIt(String mode) {
        modules("");
        boolean isMean = mode.equals("pooling_mode_mean_tokens"); // which such files have beside the others, false
        sandbox.write(
                "m/1_Pooling/config.json",
                "{\"" + mode + "\": true" + (isMean ? "" : ", \"pooling_mode_mean_tokens\": false") + "}");
        try (var scope = Scope.open()) {
            Tensor both = vectors("--text", "the cat sat , a tree grew", "--text", "a cat");
            assertThat(Tensors.shape(both)).containsExactly(2, 8);
            assertTensor(vectors("--text", "a cat").select(0, 0)).isCloseTo(both.select(0, 1), 1e-5, 1e-6);
        }
    }

    @Test
    void theMeanIsOfAllTokensAndASumOfModesStandsSideBySide() {
        try (var scope = Scope.open()) {
            Tensor plain = vectors("--text", "a cat");
            sandbox.write(
                    "m/1_Pooling/config.json",
                    "{\"pooling_mode_mean_tokens\": true, \"pooling_mode_mean_sqrt_len_tokens\": true}");
            Tensor wide = vectors("--text", "a cat");
            assertThat(Tensors.shape(wide)).containsExactly(1, 16);
            assertTensor(Tensors.slice(wide, 1, 0, 8)).isCloseTo(plain, 0, 1e-6);
            assertTensor(Tensors.slice(wide, 1, 8, 16)).isCloseTo(Tensors.times(plain, 2), 1e-5, 1e-6); // of 4 tokens
        }
    }

    @Test
    void aNormedVectorHasLengthOneAndAPromptStandsBeforeTheText() {
        modules(", {\"type\": \"sentence_transformers.models.Normalize\", \"path\": \"2_Normalize\"}");
        sandbox.write(
                "m/config_sentence_transformers.json",
                "{\"prompts\": {\"query\": \"the \", \"passage\": \"\"}, \"default_prompt_name\": null}");
        try (var scope = Scope.open()) {
            Tensor asked = vectors("--text", "cat", "--prompt", "query");
            assertThat(asked.norm().item_double()).isEqualTo(1, within(1e-6));
            assertTensor(asked).isCloseTo(vectors("--text", "the cat"), 0, 1e-6);
            assertTensor(vectors("--text", "the cat", "--prompt", "passage")).isCloseTo(asked, 0, 1e-6);
        }
        JsonNode line = Configs.json(
                succeeds("predict", path("m"), "--embed", "--text", "cat").out(), "line");
        assertThat(line.path("embedding").size()).isEqualTo(8);
        assertThat(Ran.cw("predict", path("m"), "--embed", "--text", "cat", "--prompt", "qeury")
                        .err())
                .contains("--prompt: \"qeury\" is none of the model's prompts; did you mean \"query\"?");
    }

    @Test
    void whatIsNotComputedIsRefused() {
        modules(", {\"type\": \"sentence_transformers.models.Dense\", \"path\": \"2_Dense\"}");
        assertThat(Ran.cw("predict", path("m"), "--embed", "--text", "cat").err())
                .contains("modules.json: type: \"Dense\" is not allowed; expected Transformer, Pooling or Normalize");
        assertThat(Ran.cw("predict", path("m"), "--text", "cat", "--prompt", "query")
                        .err())
                .contains("--prompt goes with --embed; add it");
        assertThat(Ran.cw("predict", sandbox.imageModel("i").path("i").toString(), "--embed", "--text", "cat")
                        .err())
                .contains("reads no texts, and --embed gives vectors of these");
    }

    private static Ran succeeds(String... words) {
        Ran ran = Ran.cw(words);
        assertThat(ran.status()).as(ran.err()).isZero();
        return ran;
    }

    private String path(String name) {
        return root.resolve(name).toString();
    }
}
