package org.counterweight.model.zoo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.counterweight.engine.Tensors.slice;
import static org.counterweight.testing.TensorAssert.assertTensor;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.config.Configs;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;
import org.counterweight.model.Batch;
import org.counterweight.model.Model;
import org.counterweight.model.Output;
import org.counterweight.model.Params;
import org.counterweight.model.Pass;
import org.counterweight.model.part.attention.Attention;
import org.counterweight.model.part.attention.ScaledDotProduct;
import org.counterweight.weights.SafetensorsFile;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.node.ObjectNode;

/** Small models with every head, against what Hugging Face's transformers computes from the same weights. */
class TransformersTest {
    private static Map<String, Tensor> part(Map<String, Tensor> all, String prefix) {
        var part = new LinkedHashMap<String, Tensor>();
        all.forEach((name, tensor) -> {
            if (name.startsWith(prefix)) {
                part.put(name.substring(prefix.length()), tensor);
            }
        });
        return part;
    }

    private static Path directory(String name) throws URISyntaxException {
        return Path.of(Objects.requireNonNull(TransformersTest.class.getResource("/models/" + name))
                .toURI());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "bert-encoder",
                "bert-classifier",
                "bert-masked-lm",
                "bert-masked-lm-tanh",
                "llama-tied",
                "llama-biased",
                "llama-rope3",
                "llama-classifier",
                "gpt2-lm",
                "gpt2-classifier"
            })
    void agreesWithTransformers(String name) throws IOException, URISyntaxException {
        Model model = Architectures.of(Configs.read(directory(name).resolve("config.json")));
        try (var scope = Scope.open();
                var file = SafetensorsFile.open(directory(name).resolve("tensors.safetensors"))) {
            Map<String, Tensor> all = file.all();
            var fitted = Architectures.fit(model, part(all, "weight."));
            assertThat(fitted.missing()).isEmpty();
            assertThat(fitted.unexpected()).isEmpty();
            Params params = Params.of(fitted.byName());
            model.shapes()
                    .forEach((weight, shape) -> assertThat(Tensors.shape(params.weight(weight)))
                            .as(weight)
                            .isEqualTo(shape));

            Batch batch = new Batch(part(all, "in."));
            Output output = model.forward(params, batch, Pass.evaluation());
            Tensor real = batch.get(Batch.ATTENTION_MASK)
                    .unsqueeze(-1)
                    .to(Tensors.zeros(1).scalar_type());
            Batch expected = new Batch(part(all, "out."));
            // What stands at padding is of no consequence, and depends on the kernel.
            assertTensor(output.hidden().mul(real))
                    .as("hidden")
                    .isCloseTo(expected.get("hidden").mul(real), 1e-4, 1e-5);
            Tensor logits = expected.find("logits");
            if (logits != null) {
                boolean everywhere = logits.dim() == 3;
                assertTensor(everywhere ? output.logits().mul(real) : output.logits())
                        .as("logits")
                        .isCloseTo(everywhere ? logits.mul(real) : logits, 1e-4, 1e-5);
            }
        }
    }

    /** BERT's first files, also those of the base alone, name the parts of layer norms as TensorFlow did. */
    @ParameterizedTest
    @ValueSource(strings = {"bert-encoder", "bert-classifier", "bert-masked-lm"})
    void oldNamesOfLayerNormsAreFound(String name) throws IOException, URISyntaxException {
        Model model = Architectures.of(Configs.read(directory(name).resolve("config.json")));
        var stored = new LinkedHashMap<String, String>();
        model.shapes().keySet().forEach(weight -> {
            String old =
                    weight.replace("LayerNorm.weight", "LayerNorm.gamma").replace("LayerNorm.bias", "LayerNorm.beta");
            stored.put(name.equals("bert-encoder") ? "bert." + old : old, weight);
        });
        var fitted = Architectures.fit(model, stored);
        assertThat(fitted.unexpected()).isEmpty();
        assertThat(fitted.byName())
                .hasSameSizeAs(stored)
                .allSatisfy((weight, found) -> assertThat(found).isEqualTo(weight));
    }

    @ParameterizedTest
    @ValueSource(strings = {"bert-classifier", "llama-classifier", "gpt2-classifier"})
    void paddingChangesNothing(String name) throws IOException, URISyntaxException {
        Model model = Architectures.of(Configs.read(directory(name).resolve("config.json")));
        try (var scope = Scope.open()) {
            Params params = Params.of(model.initialize(new Seed(1).generator()));
            Tensor ids = Tensors.longs(new long[] {3, 4, 5, 6, 0, 0, 7, 8, 9, 10, 0, 0}, 2, 6);
            Tensor mask = Tensors.longs(new long[] {1, 1, 1, 1, 0, 0, 1, 1, 1, 1, 0, 0}, 2, 6);
            Batch padded = new Batch(Map.of(Batch.INPUT_IDS, ids, Batch.ATTENTION_MASK, mask));
            Batch bare = new Batch(Map.of(Batch.INPUT_IDS, slice(ids, 1, 0, 4)));
            assertTensor(model.forward(params, padded, Pass.evaluation()).logits())
                    .isCloseTo(model.forward(params, bare, Pass.evaluation()).logits(), 1e-5, 1e-6);
        }
    }

    /** transformers: the rightmost token that is not {@code pad_token_id}, or else the first; the last where there is no such id. */
    @ParameterizedTest
    @CsvSource({"0, '1, 2, 0, 3'", "2, '3, 3, 3, 2'", "null, '3, 3, 3, 3'"})
    void aClassifierLooksAtTheLastTokenThatIsNotPadding(String padding, String places)
            throws IOException, URISyntaxException {
        long[] ids = {3, 4, 0, 0, 3, 0, 5, 0, 0, 0, 0, 0, 0, 0, 4, 2};
        for (String name : List.of("llama-classifier", "gpt2-classifier")) {
            ObjectNode config = Configs.read(directory(name).resolve("config.json"));
            config.set("pad_token_id", Configs.JSON.readTree(padding));
            Model model = Architectures.of(config);
            try (var scope = Scope.open()) {
                Map<String, Tensor> weights = model.initialize(new Seed(1).generator());
                Output output = model.forward(
                        Params.of(weights),
                        new Batch(Map.of(Batch.INPUT_IDS, Tensors.longs(ids, 4, 4))),
                        Pass.evaluation());
                Tensor score = Objects.requireNonNull(weights.get("score.weight"));
                String[] expected = places.split(", ");
                for (int row = 0; row < expected.length; row++) {
                    Tensor state = output.hidden().select(0, row).select(0, Integer.parseInt(expected[row]));
                    assertTensor(output.logits().select(0, row))
                            .as("row " + row)
                            .isCloseTo(score.mv(state), 1e-5, 1e-7);
                }
            }
        }
    }

    /** Attention dropout leaves the fused path; with every probability at work the mean must stay near the evaluation. */
    @ParameterizedTest
    @ValueSource(strings = {"bert-classifier", "gpt2-lm", "llama-tied"})
    void dropoutIsSeededAndOnlyInTraining(String name) throws IOException, URISyntaxException {
        var config = Configs.read(directory(name).resolve("config.json"));
        for (String key : new String[] {
            "attention_probs_dropout_prob", "hidden_dropout_prob", "attn_pdrop", "resid_pdrop", "attention_dropout"
        }) {
            config.put(key, 0.2);
        }
        Model model = Architectures.of(config);
        try (var scope = Scope.open()) {
            Params params = Params.of(model.initialize(new Seed(1).generator()));
            Batch batch = new Batch(Map.of(Batch.INPUT_IDS, Tensors.longs(new long[] {3, 4, 5, 6}, 1, 4)));
            Tensor once = model.forward(params, batch, Pass.training(new Seed(2).generator()))
                    .logits();
            Tensor again = model.forward(params, batch, Pass.training(new Seed(2).generator()))
                    .logits();
            Tensor other = model.forward(params, batch, Pass.training(new Seed(3).generator()))
                    .logits();
            Tensor plain = model.forward(params, batch, Pass.evaluation()).logits();
            assertTensor(again).isEqualTo(once);
            assertThat(Tensors.toDoubles(other)).isNotEqualTo(Tensors.toDoubles(once));
            assertThat(Tensors.toDoubles(plain)).isNotEqualTo(Tensors.toDoubles(once));
        }
    }

    /** The form of attention that training with dropout takes gives the same as the fused one. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void attentionByHandAgreesWithTheFusedForm(boolean causal) {
        try (var scope = Scope.open()) {
            var random = Tensors.optional(new Seed(4).generator());
            Tensor q = Tensors.zeros(2, 3, 5, 4).normal_(0, 1, random);
            Tensor k = Tensors.zeros(2, 3, 5, 4).normal_(0, 1, random);
            Tensor v = Tensors.zeros(2, 3, 5, 4).normal_(0, 1, random);
            Pass training = Pass.training(new Seed(5).generator());
            var dropping = new ScaledDotProduct(causal, 0.5, 0, 1e-12); // too rare ever to drop
            var fused = new ScaledDotProduct(causal, 0.5, 0, 0);
            assertTensor(dropping.of(q, k, v, null, training)).isCloseTo(fused.of(q, k, v, null, training), 1e-5, 1e-6);
        }
    }

    /** In bf16 throughout, with masks and without: as the same numbers in float32, up to its digits, and so are gradients. */
    @ParameterizedTest
    @ValueSource(strings = {"", "causal", "padded", "padded whole", "by document"})
    void attentionInBf16AgreesWithFloat32(String kind) {
        try (var scope = Scope.open()) {
            var random = Tensors.optional(new Seed(6).generator());
            Tensor[] half = new Tensor[3];
            Tensor[] wide = new Tensor[3];
            for (int i = 0; i < 3; i++) {
                Tensor drawn = Tensors.zeros(2, 5, 3, 4).normal_(0, 1, random).to(ScalarType.BFloat16);
                half[i] = drawn.clone().requires_grad_(true);
                wide[i] = drawn.to(ScalarType.Float).requires_grad_(true);
            }
            float low = -Float.MAX_VALUE;
            Tensor mask = switch (kind) {
                case "padded" -> Tensors.floats(new float[] {0, 0, 0, low, low, 0, 0, 0, 0, low}, 2, 1, 1, 5);
                case "padded whole" -> Tensors.floats(new float[] {low, low, low, low, low, 0, 0, 0, 0, 0}, 2, 1, 1, 5);
                case "by document" -> Tensors.zeros(2, 1, 5, 5).add(Attention.order(5, Tensors.zeros(1)));
                default -> null;
            };
            var product = new ScaledDotProduct(kind.equals("causal"), 0.5, 0, 0);
            Tensor factors = Tensors.zeros(2, 3, 5, 4).normal_(0, 1, random);
            // by hand, for the fused form has gradients five times too large where a row sees none of its five keys
            Tensor expected = attended(new ScaledDotProduct(product.causal(), 0.5, 0, 1e-12), wide, mask);
            Tensor found = attended(product, half, mask);
            assertThat(found.scalar_type().intern()).isEqualTo(ScalarType.BFloat16);
            assertTensor(found.to(ScalarType.Float)).isCloseTo(expected, 2e-2, 2e-2);
            Tensor[] gradients = Tensors.gradients(expected.mul(factors).sum(), false, wide);
            Tensor[] rounded =
                    Tensors.gradients(found.to(ScalarType.Float).mul(factors).sum(), false, half);
            for (int i = 0; i < 3; i++) {
                assertTensor(rounded[i].to(ScalarType.Float)).isCloseTo(gradients[i], 4e-2, 4e-2);
            }
        }
    }

    /** Of heads that lie as a projection leaves them, {@code [rows, length, heads, size]}. */
    private static Tensor attended(ScaledDotProduct product, Tensor[] qkv, @Nullable Tensor mask) {
        return product.of(
                qkv[0].transpose(1, 2),
                qkv[1].transpose(1, 2),
                qkv[2].transpose(1, 2),
                mask,
                Pass.training(new Seed(7).generator()));
    }
}
