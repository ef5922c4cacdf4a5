package org.counterweight.reparametrize.start;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.counterweight.testing.TensorAssert.assertTensor;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.catalogue.Choice;
import org.counterweight.config.Configs;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;
import org.counterweight.model.Batch;
import org.counterweight.model.Model;
import org.counterweight.model.Params;
import org.counterweight.model.Pass;
import org.counterweight.model.zoo.Architectures;
import org.counterweight.reparametrize.Filters;
import org.counterweight.reparametrize.Reparametrization;
import org.counterweight.reparametrize.Selection;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class InitialPassTest {
    private static final Model MLP = Architectures.of(
            Configs.yaml("{model_type: mlp, inputs: 6, hidden_sizes: [7, 5], num_labels: 3}", "model"));

    private static Params params(String method) {
        var weights = new LinkedHashMap<String, Tensor>();
        MLP.initialize(new Seed(3).generator())
                .forEach((name, tensor) ->
                        weights.put(name, tensor.to(ScalarType.Double).requires_grad_(true)));
        if (method.isEmpty()) {
            return Params.of(weights);
        }
        return Choice.named("weight_norm", method, "reparametrize", Reparametrization.class)
                .settings()
                .attach(MLP, Params.of(weights));
    }

    private static Batch batch(double scale) {
        Tensor x = torch.empty(40, 6).normal_(1, 2, Tensors.optional(new Seed(5).generator()));
        return new Batch(Map.of(Batch.PIXEL_VALUES, x.to(ScalarType.Double).mul(Tensors.scalar(scale))));
    }

    private static Map<String, Long> start(Params params, Batch batch, double eps) {
        var settings = new DataInitConfig(1, eps, 500, true, 0.05, List.of());
        return new InitialPass(MLP, params, Selection.of(MLP, List.of(), List.of(), false), settings)
                .start(batch, new Seed(9));
    }

    private static Tensor logits(Params params, Batch batch) {
        return MLP.forward(params, batch, Pass.evaluation()).logits();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{}", "{param_form: log}", "{mean_only_bn: true}"})
    void everyOutputHasMeanZeroAndDeviationOne(String method) {
        try (var scope = Scope.open()) {
            Params params = params(method);
            assertThat(start(params, batch(1), 0)).isEmpty();
            Tensor last = logits(params, batch(1));
            assertThat(Tensors.mean(last, false, 0).abs().max().item_double()).isLessThan(1e-9);
            Tensor variance = Tensors.mean(last.square(), false, 0);
            assertTensor(variance).isCloseTo(torch.ones_like(variance), 1e-9, 0);
        }
    }

    /** Every position of every row counts, whichever way a convolution goes and over how many dimensions. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void convolutionsStartSoToo(int dims) {
        try (var scope = Scope.open()) {
            var model = new Filters(dims);
            var weights = new LinkedHashMap<String, Tensor>();
            model.initialize(new Seed(3).generator())
                    .forEach((name, tensor) ->
                            weights.put(name, tensor.to(ScalarType.Double).requires_grad_(true)));
            Params params = Choice.named("weight_norm", "{}", "reparametrize", Reparametrization.class)
                    .settings()
                    .attach(model, Params.of(weights));
            Tensor images = torch.empty(9, 1, 6, 6).normal_(1, 2, Tensors.optional(new Seed(5).generator()));
            var batch = new Batch(Map.of(Batch.PIXEL_VALUES, images.to(ScalarType.Double)));
            var settings = new DataInitConfig(1, 0, 500, true, 0.05, List.of());
            new InitialPass(model, params, Selection.of(model, List.of(), List.of(), false), settings)
                    .start(batch, new Seed(9));
            Tensor logits =
                    model.forward(params, batch, Pass.evaluation()).logits(); // means of channels whose mean is 0
            assertThat(Tensors.mean(logits, false, 0).abs().max().item_double()).isLessThan(1e-9);
        }
    }

    /** Its layers free what they make, its texts are padded, and residual sums lie between. */
    @Test
    void aTransformerStartsSoToo() {
        try (var scope = Scope.open()) {
            Model bert = Architectures.of(Configs.yaml(
                    "{model_type: bert, vocab_size: 11, hidden_size: 8, num_hidden_layers: 2, num_attention_heads: 2,"
                            + " intermediate_size: 12, max_position_embeddings: 9, hidden_dropout_prob: 0.0,"
                            + " attention_probs_dropout_prob: 0.0, architectures: [BertForSequenceClassification], num_labels: 3}",
                    "model"));
            var weights = new LinkedHashMap<String, Tensor>();
            bert.initialize(new Seed(3).generator())
                    .forEach((name, tensor) ->
                            weights.put(name, tensor.to(ScalarType.Double).requires_grad_(true)));
            Params params = Choice.named("weight_norm", "{}", "reparametrize", Reparametrization.class)
                    .settings()
                    .attach(bert, Params.of(weights));
            Tensor ids = torch.empty(12, 6)
                    .random_(1, new LongOptional(11), Tensors.optional(new Seed(5).generator()))
                    .to(ScalarType.Long);
            Tensor mask = torch.ones_like(ids);
            Tensors.slice(mask, 1, 4, 6).select(0, 3).zero_();
            var batch = new Batch(Map.of(Batch.INPUT_IDS, ids, Batch.ATTENTION_MASK, mask));
            var settings = new DataInitConfig(1, 0, 500, true, 0.05, List.of());
            new InitialPass(bert, params, Selection.of(bert, List.of(), List.of(), false), settings)
                    .start(batch, new Seed(9));
            Tensor logits = bert.forward(params, batch, Pass.evaluation()).logits();
            assertThat(Tensors.mean(logits, false, 0).abs().max().item_double()).isLessThan(1e-9);
            Tensor variance = Tensors.mean(logits.square(), false, 0);
            assertTensor(variance).isCloseTo(torch.ones_like(variance), 1e-9, 0);
        }
    }

    @Test
    void theScaleOfTheInputDoesNotCount() {
        try (var scope = Scope.open()) {
            Params one = params("{}");
            Params other = params("{}");
            start(one, batch(1), 0);
            start(other, batch(250), 0);
            assertTensor(logits(other, batch(250))).isCloseTo(logits(one, batch(1)), 1e-8, 1e-10);
        }
    }

    @Test
    void plainWeightsAndNormalisedOnesStartAlike() {
        try (var scope = Scope.open()) {
            Params plain = params("");
            Params normalised = params("{}");
            start(plain, batch(1), 1e-8);
            start(normalised, batch(1), 1e-8);
            assertTensor(logits(normalised, batch(1))).isCloseTo(logits(plain, batch(1)), 1e-4, 1e-5);
        }
    }

    @Test
    void aDeadInputIsNamedOrHeld() {
        try (var scope = Scope.open()) {
            Batch constant =
                    new Batch(Map.of(Batch.PIXEL_VALUES, torch.ones(4, 6).to(ScalarType.Double)));
            assertThatThrownBy(() -> start(params("{}"), constant, 0))
                    .hasMessageContaining("layers.0: output 0 and 6 more is the same for every row")
                    .hasMessageContaining("data_init.eps");
            Params held = params("{}");
            assertThat(start(held, constant, 1e-8)).containsEntry("layers.0", 7L);
            assertThat(held.weight("layers.0.weight").norm().item_double()).isLessThan(1e4);
            Batch broken = new Batch(
                    Map.of(Batch.PIXEL_VALUES, constant.get(Batch.PIXEL_VALUES).mul(Tensors.scalar(Double.NaN))));
            assertThatThrownBy(() -> start(params("{}"), broken, 0)).hasMessageContaining("layers.0");
            assertThatThrownBy(() -> start(params("{}"), batch(1).slice(0, 1), 0))
                    .hasMessageContaining("one row");
            assertThatThrownBy(() -> start(params("{dim: -1}"), batch(1), 0)).hasMessageContaining("weight_norm.dim");
        }
    }

    /** Numbers of Salimans and Kingma's formula worked by hand: t = 1, 3, 5. */
    @Test
    void oneOutputIsTheExampleWorkedByHand() {
        try (var scope = Scope.open()) {
            Model line = Architectures.of(
                    Configs.yaml("{model_type: mlp, inputs: 1, hidden_sizes: [], num_labels: 1}", "model"));
            Params params = Params.of(Map.of(
                    "layers.0.weight", Tensors.doubles(new double[] {1}, 1, 1),
                    "layers.0.bias", Tensors.doubles(new double[] {9})));
            var settings = new DataInitConfig(1, 0, 500, false, 0.05, List.of());
            var batch = new Batch(Map.of(Batch.PIXEL_VALUES, Tensors.doubles(new double[] {1, 3, 5}, 3, 1)));
            new InitialPass(line, params, Selection.of(line, List.of(), List.of(), false), settings)
                    .start(batch, new Seed(1));
            assertThat(params.weight("layers.0.weight").item_double()).isCloseTo(0.61237244, within(1e-8));
            assertThat(params.weight("layers.0.bias").item_double()).isCloseTo(-1.83711731, within(1e-8));
            assertTensor(line.forward(params, batch, Pass.evaluation()).logits())
                    .isCloseTo(Tensors.doubles(new double[] {-1.22474487, 0, 1.22474487}, 3, 1), 1e-8, 1e-8);
        }
    }
}
