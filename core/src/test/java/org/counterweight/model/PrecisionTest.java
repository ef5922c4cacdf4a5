package org.counterweight.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.counterweight.testing.TensorAssert.assertTensor;

import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Generator;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.config.Configs;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;
import org.counterweight.model.module.ModuleSpec;
import org.counterweight.model.module.Modules;
import org.counterweight.model.zoo.Architectures;
import org.counterweight.train.objective.TokenCrossEntropy;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Products in bf16 with weights that training moves, which stay float32 themselves. */
class PrecisionTest {
    private static final String LLAMA = "{model_type: llama, vocab_size: 40, hidden_size: 16, num_hidden_layers: 2,"
            + " num_attention_heads: 4, num_key_value_heads: 2, intermediate_size: 24, tie_word_embeddings: true,"
            + " architectures: [LlamaForCausalLM]}";
    private static final String GPT2 =
            "{model_type: gpt2, vocab_size: 40, n_embd: 16, n_layer: 2, n_head: 2, n_positions: 32,"
                    + " architectures: [GPT2LMHeadModel]}";
    private static final String BERT = "{model_type: bert, vocab_size: 40, hidden_size: 16, num_hidden_layers: 2,"
            + " num_attention_heads: 2, intermediate_size: 24, architectures: [BertForMaskedLM]}";

    private static final String NEOX =
            "{model_type: gpt_neox, vocab_size: 40, hidden_size: 16, num_hidden_layers: 2, num_attention_heads: 2,"
                    + " intermediate_size: 24, architectures: [GPTNeoXForCausalLM]}";
    private static final String GEMMA = "{model_type: gemma2, vocab_size: 40, hidden_size: 16, num_hidden_layers: 2,"
            + " num_attention_heads: 4, num_key_value_heads: 2, head_dim: 8, intermediate_size: 24, sliding_window: 3,"
            + " architectures: [Gemma2ForCausalLM]}";
    private static final String PHI3 = "{model_type: phi3, vocab_size: 40, hidden_size: 16, num_hidden_layers: 2,"
            + " num_attention_heads: 4, num_key_value_heads: 2, intermediate_size: 24, pad_token_id: 0,"
            + " architectures: [Phi3ForCausalLM]}";
    private static final String T5 =
            "{model_type: t5, vocab_size: 40, d_model: 16, d_kv: 8, num_layers: 2, num_heads: 2,"
                    + " d_ff: 24, architectures: [T5ForConditionalGeneration]}";
    private static final String MODERN =
            "{model_type: modernbert, vocab_size: 40, hidden_size: 16, num_hidden_layers: 2,"
                    + " num_attention_heads: 2, intermediate_size: 24, local_attention: 4, pad_token_id: 0,"
                    + " architectures: [ModernBertForMaskedLM]}";
    private static final String DEBERTA =
            "{model_type: deberta-v2, vocab_size: 40, hidden_size: 16, num_hidden_layers: 2,"
                    + " num_attention_heads: 2, intermediate_size: 24, relative_attention: true, pos_att_type: [p2c, c2p],"
                    + " architectures: [DebertaV2ForMaskedLM]}";

    private static Params trained(Model model) {
        Map<String, Tensor> weights = model.initialize(new Seed(4).generator());
        weights.values().forEach(tensor -> tensor.requires_grad_(true));
        return Params.of(weights);
    }

    private static Batch batch() {
        Tensor ids = Tensors.longs(new long[] {3, 17, 5, 30, 8, 1, 2, 39}, 2, 4);
        return new Batch(Map.of(Batch.INPUT_IDS, ids, Batch.DECODER_INPUT_IDS, ids, Batch.LABELS, ids));
    }

    /** Every weight gets the gradient that it has in float32 but for rounding, in float32, and the products were in bf16. */
    @ParameterizedTest
    @ValueSource(strings = {LLAMA, GPT2, BERT})
    void gradientsReachTheWeightsThemselves(String config) {
        try (var scope = Scope.open()) {
            Model model = Architectures.of(Configs.yaml(config, "test"));
            Params params = trained(model);
            Map<String, Tensor> rounded = Precision.BF16.rounded(model, params);
            assertThat(rounded).hasSizeGreaterThan(model.modules().linears().size()); // the tied head is one more
            assertThat(rounded.keySet()
                            .containsAll(model.modules().linears().stream()
                                    .map(name -> name + ".weight")
                                    .toList()))
                    .isTrue();
            Tensor loss = loss(model, params.replacing(rounded));
            rounded.values().forEach(Tensor::close);
            loss.backward();
            params.weights()
                    .forEach((name, weight) -> assertThat(
                                    weight.grad().scalar_type().intern())
                            .as(name)
                            .isEqualTo(ScalarType.Float));
            Params wide = trained(model);
            Tensor wideLoss = loss(model, wide);
            wideLoss.backward();

            assertThat(loss.scalar_type().intern()).isEqualTo(ScalarType.Float);
            assertThat(loss.item_double()).isNotEqualTo(wideLoss.item_double());
            assertTensor(loss).isCloseTo(wideLoss, 1e-2, 1e-3);
            params.weights()
                    .forEach((name, weight) -> assertTensor(weight.grad())
                            .as(name)
                            .isCloseTo(wide.weight(name).grad(), 0.1, 2e-3));
        }
    }

    private static Tensor loss(Model model, Params params) {
        return TokenCrossEntropy.CAUSAL
                .losses(model, params, batch(), Pass.training(new Seed(1).generator()))
                .perRow()
                .mean();
    }

    /** Where one module of a layer is trained and the others are not, each is multiplied in its own type. */
    @ParameterizedTest
    @ValueSource(strings = {LLAMA, GPT2, BERT, NEOX, GEMMA, PHI3, T5, MODERN, DEBERTA})
    void anyModuleMayBeTrainedAlone(String config) {
        Model model = Architectures.of(Configs.yaml(config, "test"));
        for (String module : model.modules().linears()) {
            try (var scope = Scope.open()) {
                Params wide = Params.of(model.initialize(new Seed(4).generator()));
                Tensor trained = wide.weight(module + ".weight");
                trained.requires_grad_(true);
                Tensor loss = loss(model, Precision.BF16_FROZEN.of(model, wide));
                assertTensor(loss).as(module).isCloseTo(loss(model, wide), 1e-2, 1e-3);
                loss.backward();
                assertThat(trained.grad().abs().sum().item_double()).as(module).isPositive();
            }
        }
    }

    /** In bf16, what a text is told token by token is what it is told as a whole, but for rounding. */
    @ParameterizedTest
    @ValueSource(strings = {LLAMA, GPT2, NEOX, GEMMA, PHI3})
    void theTokensReadBeforeNeedNotBeReadAgain(String config) {
        try (var scope = Scope.open();
                var off = Tensors.noGrad();
                var past = new Past()) {
            Model model = Architectures.of(Configs.yaml(config, "test"));
            Params params = Precision.BF16_FROZEN.of(model, Params.of(model.initialize(new Seed(4).generator())));
            Tensor ids = batch().inputIds();
            Tensor whole = model.forward(params, new Batch(Map.of(Batch.INPUT_IDS, ids)), Pass.evaluation())
                    .logits();
            for (int i = 0; i < ids.size(1); i++) {
                Batch token = new Batch(Map.of(Batch.INPUT_IDS, Tensors.slice(ids, 1, i, i + 1)));
                Tensor told = model.forward(params, token, Pass.after(past)).logits();
                assertTensor(told.to(ScalarType.Float))
                        .as("token " + i)
                        .isCloseTo(Tensors.slice(whole, 1, i, i + 1).to(ScalarType.Float), 2e-2, 4e-3);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"AUTO", "FLOAT32", "BF16_FROZEN"})
    void trainedWeightsAreMultipliedInFloat32WhereNobodyAskedForMore(Precision precision) {
        try (var scope = Scope.open()) {
            Model model = Architectures.of(Configs.yaml(LLAMA, "test"));
            assertThat(precision.rounded(model, trained(model))).isEmpty();
        }
    }

    @Test
    void aModelWithoutLinearModulesIsTold() {
        Model convolutions = new OfConvolutions();
        assertThat(Precision.BF16.remark(convolutions)).startsWith("precision: bf16 changes nothing");
        assertThat(Precision.FLOAT32.remark(convolutions)).isNull();
        assertThat(Precision.BF16.remark(Architectures.of(Configs.yaml(LLAMA, "test"))))
                .isNull();
    }

    /** Of which no more is asked than its modules. */
    private record OfConvolutions() implements Model {
        @Override
        public Output forward(Params params, Batch batch, Pass pass) {
            throw new IllegalStateException("nothing is computed here");
        }

        @Override
        public Map<String, long[]> shapes() {
            return Map.of();
        }

        @Override
        public Map<String, Tensor> initialize(Generator random) {
            return Map.of();
        }

        @Override
        public Modules modules() {
            return Modules.of(List.of(new ModuleSpec("conv", ModuleSpec.Kind.CONVOLUTION)));
        }
    }

    @Test
    void frozenWeightsAreRoundedOnce() {
        try (var scope = Scope.open()) {
            Model model = Architectures.of(Configs.yaml(LLAMA, "test"));
            Params frozen = Params.of(model.initialize(new Seed(4).generator()));
            assertThat(Precision.BF16.rounded(model, frozen)).isEmpty();
            for (Precision precision : List.of(Precision.BF16, Precision.BF16_FROZEN)) {
                assertThat(precision.copies(model, frozen))
                        .containsKey("lm_head.weight") // the tied head
                        .hasSize(model.modules().linears().size() + 1);
            }
        }
    }
}
