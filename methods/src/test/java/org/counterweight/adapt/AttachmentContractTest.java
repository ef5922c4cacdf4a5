package org.counterweight.adapt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.counterweight.engine.Tensors.gradients;
import static org.counterweight.testing.TensorAssert.assertTensor;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.adapt.compacter.Bottleneck;
import org.counterweight.catalogue.Catalogue;
import org.counterweight.catalogue.Method;
import org.counterweight.config.ConfigException;
import org.counterweight.config.Configs;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;
import org.counterweight.model.Batch;
import org.counterweight.model.Model;
import org.counterweight.model.Params;
import org.counterweight.model.Pass;
import org.counterweight.model.Tap;
import org.counterweight.model.part.Normalization;
import org.counterweight.model.zoo.Architectures;
import org.counterweight.model.zoo.image.ResNet;
import org.counterweight.weights.WeightsException;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What holds for every way to adapt a whole model, on a small encoder: a new one is tested by being listed. */
class AttachmentContractTest {
    private static final int WIDTH = 128;
    private static final Model MODEL = Architectures.of(Configs.json("""
            {"model_type": "bert", "architectures": ["BertForSequenceClassification"], "vocab_size": 50,
             "hidden_size": 128, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 64,
             "max_position_embeddings": 16, "hidden_dropout_prob": 0, "attention_probs_dropout_prob": 0,
             "pad_token_id": null, "num_labels": 3}
            """, "config"));

    static List<Named<Attachment>> attachments() {
        var all = new ArrayList<Named<Attachment>>();
        for (Method method : Catalogue.all()) {
            if (Attachment.class.isAssignableFrom(method.config())) {
                all.add(Named.of(method.name(), (Attachment)
                        Configs.bind(Configs.sample(method.config()), method.config(), method.name())));
            }
        }
        return all;
    }

    private static Params base() {
        return Params.of(MODEL.initialize(new Seed(3).generator()));
    }

    private static Batch batch() {
        return new Batch(Map.of("input_ids", Tensors.longs(new long[] {1, 5, 9, 2, 7, 3}, 2, 3)));
    }

    private static Tensor logits(Params params) {
        return MODEL.forward(params, batch(), Pass.evaluation()).logits();
    }

    private static Attachment config(String method, String yaml) {
        return (Attachment) Configs.bind(
                Configs.yaml(yaml, "test"), Catalogue.named(method, "test").config(), "");
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("attachments")
    void startsNearTheBase(Attachment attachment) {
        try (var scope = Scope.open()) {
            Params base = base();
            Params adapted = attachment.attach(MODEL, base, new Seed(5).generator());
            assertTensor(logits(adapted)).isCloseTo(logits(base), 0, 0.02);
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("attachments")
    void trainsWhatItListsAndNothingElse(Attachment attachment) {
        try (var scope = Scope.open()) {
            Params base = base();
            var before = new HashMap<String, Tensor>();
            base.weights().forEach((name, tensor) -> before.put(name, tensor.clone()));
            Params adapted = attachment.attach(MODEL, base, new Seed(5).generator());
            Map<String, Tensor> trainables = adapted.trainables();
            assertThat(trainables).isNotEmpty();
            assertThat(trainables.values().stream()
                            .map(tensor -> tensor.data_ptr().address())
                            .distinct())
                    .as("no tensor is stepped twice")
                    .hasSize(trainables.size());
            Tensor[] grads = gradients(
                    logits(adapted).square().sum(), false, trainables.values().toArray(new Tensor[0]));
            try (var off = Tensors.noGrad()) {
                int i = 0;
                for (Tensor leaf : trainables.values()) {
                    leaf.sub_(grads[i++]);
                }
            }
            assertThat(logits(adapted).sub(logits(base)).abs().max().item_double())
                    .isGreaterThan(0);
            before.forEach((name, tensor) ->
                    assertTensor(base.weights().get(name)).as(name).isEqualTo(tensor));
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("attachments")
    void isTheSameFunctionOfOtherTensors(Attachment attachment) {
        try (var scope = Scope.open()) {
            sameFunctionOfOtherTensors(attachment.attach(MODEL, base(), new Seed(5).generator()));
        }
    }

    private static void sameFunctionOfOtherTensors(Params adapted) {
        try (var off = Tensors.noGrad()) {
            adapted.trainables().forEach((name, tensor) -> tensor.add_(Tensors.scalar(0.02)));
        }
        Map<String, Tensor> trainables = adapted.trainables();
        assertTensor(logits(adapted.withTrainables(trainables))).isEqualTo(logits(adapted));
        var others = new LinkedHashMap<String, Tensor>();
        trainables.forEach(
                (name, tensor) -> others.put(name, tensor.detach().clone().requires_grad_(true)));
        var steps = new LinkedHashMap<String, Tensor>();
        others.forEach((name, tensor) -> steps.put(name, tensor.mul(Tensors.scalar(1.5))));
        Params stepped = adapted.withTrainables(steps);
        assertThat(stepped.trainables()).containsOnlyKeys(trainables.keySet());
        stepped.trainables().forEach((name, tensor) -> assertTensor(tensor).isEqualTo(steps.get(name)));
        Tensor[] reached =
                gradients(logits(stepped).square().sum(), false, others.values().toArray(new Tensor[0]));
        Tensor[] expected =
                gradients(logits(stepped).square().sum(), false, steps.values().toArray(new Tensor[0]));
        double largest = 0;
        for (int i = 0; i < reached.length; i++) {
            assertTensor(reached[i]).isCloseTo(expected[i].mul(Tensors.scalar(1.5)), 1e-5, 1e-7);
            largest = Math.max(largest, reached[i].abs().max().item_double());
        }
        assertThat(largest).isGreaterThan(0);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("attachments")
    void whatWasSavedIsRestored(Attachment attachment) {
        try (var scope = Scope.open()) {
            Params base = base();
            Params trained = attachment.attach(MODEL, withTrainedHead(base), new Seed(5).generator());
            try (var off = Tensors.noGrad()) {
                trained.trainables().forEach((name, tensor) -> tensor.add_(Tensors.scalar(0.01)));
            }
            Params restored = attachment.restore(MODEL, base, copies(trained.saved()));
            assertThat(restored.trainables().keySet())
                    .containsExactlyInAnyOrderElementsOf(trained.trainables().keySet());
            assertTensor(logits(restored)).isCloseTo(logits(trained), 1e-5, 1e-6);
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("attachments")
    void whatDoesNotBelongIsNotRestored(Attachment attachment) {
        try (var scope = Scope.open()) {
            Params base = base();
            Map<String, Tensor> saved =
                    attachment.attach(MODEL, base, new Seed(5).generator()).saved();
            Map<String, Tensor> more = copies(saved);
            more.put("stranger", Tensors.zeros(2));
            assertThatThrownBy(() -> attachment.restore(MODEL, base, more))
                    .isInstanceOf(WeightsException.class)
                    .hasMessageContaining("stranger");
            String first = saved.keySet().iterator().next();
            Map<String, Tensor> other = copies(saved);
            other.put(first, Tensors.zeros(3, 5, 7));
            assertThatThrownBy(() -> attachment.restore(MODEL, base, other))
                    .isInstanceOf(WeightsException.class)
                    .hasMessageContaining("[3, 5, 7]");
        }
    }

    /** Modules that a target names, but that are trained whole, have no adapter then and none now. */
    @Test
    void aModuleThatWasTrainedWholeHasNoAdapter() {
        try (var scope = Scope.open()) {
            Params base = base();
            var trained = new HashMap<String, Tensor>();
            for (String name : List.of("bert.pooler.dense.weight", "bert.pooler.dense.bias")) {
                trained.put(name, base.weight(name).clone().requires_grad_(true));
            }
            Attachment lora = config("lora", "{r: 2, targets: [dense]}");
            Params adapted = lora.attach(MODEL, base.replacing(trained), new Seed(5).generator());
            assertThat(adapted.parametrized())
                    .contains("bert.encoder.layer.0.output.dense.weight")
                    .doesNotContain("bert.pooler.dense.weight");
            assertThat(lora.restore(MODEL, base, copies(adapted.saved())).parametrized())
                    .isEqualTo(adapted.parametrized());
        }
    }

    private static Params withTrainedHead(Params base) {
        var head = new HashMap<String, Tensor>();
        base.weights().forEach((name, tensor) -> {
            if (name.startsWith("classifier.")) {
                head.put(name, tensor.clone().requires_grad_(true));
            }
        });
        return base.replacing(head);
    }

    private static Map<String, Tensor> copies(Map<String, Tensor> tensors) {
        var copies = new HashMap<String, Tensor>();
        tensors.forEach((name, tensor) -> copies.put(name, tensor.detach().clone()));
        return copies;
    }

    @Test
    void compactersSlowWeightsAreOneTensorThatEveryAdapterFeels() {
        try (var scope = Scope.open()) {
            Params adapted = config("compacter", "reduction_factor: 16").attach(MODEL, base(), new Seed(5).generator());
            assertThat(adapted.trainables().keySet().stream().filter(name -> name.contains("phm_rule")))
                    .containsExactly("shared_parameters.compacter.phm_rule");
            assertThat(adapted.taps()).hasSize(4);
            Tensor x = org.bytedeco.pytorch.global.torch.ones(
                    new long[] {3, WIDTH}, Tensors.options(org.bytedeco.pytorch.global.torch.ScalarType.Float));
            var before = new ArrayList<Tensor>();
            for (Tap tap : adapted.taps().values()) {
                before.add(((Bottleneck) tap).apply(x));
                assertThat(before.get(before.size() - 1).sub(x).abs().max().item_double())
                        .as("the adapter starts as the identity")
                        .isLessThan(1e-4);
            }
            try (var off = Tensors.noGrad()) {
                Objects.requireNonNull(adapted.trainables().get("shared_parameters.compacter.phm_rule"))
                        .add_(Tensors.scalar(0.1));
            }
            int i = 0;
            for (Tap tap : adapted.taps().values()) {
                assertThat(((Bottleneck) tap)
                                .apply(x)
                                .sub(before.get(i++))
                                .abs()
                                .max()
                                .item_double())
                        .isGreaterThan(1e-4);
            }
        }
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(
            strings = {
                "reduction_factor: 16",
                "{reduction_factor: 16, factorized_phm_rule: true}",
                "{reduction_factor: 16, factorized_phm_w: false}",
                "{reduction_factor: 16, shared_phm_w: true}",
                "{reduction_factor: 16, shared_phm_rule: false}",
                "{reduction_factor: 16, learn_phm: false}",
                "{reduction_factor: 4, phm_rank: 3}",
                "{reduction_factor: 16, ln_before: true, ln_after: true}",
                "{reduction_factor: 16, phm_bias: false}",
                "{reduction_factor: 16, placement: seq_bn}",
                "{reduction_factor: 16, placement: feed_forward, layers: [1]}",
                "{reduction_factor: 16, phm_rule_init: uniform, hypercomplex_nonlinearity: glorot_normal}"
            })
    void compactersDenseFormComputesTheSame(String yaml) {
        try (var scope = Scope.open()) {
            Params adapted = config("compacter", yaml).attach(MODEL, base(), new Seed(5).generator());
            sameFunctionOfOtherTensors(adapted);
            try (var off = Tensors.noGrad()) {
                adapted.trainables().forEach((name, tensor) -> tensor.add_(Tensors.scalar(0.05)));
            }
            Tensor x = org.bytedeco
                    .pytorch
                    .global
                    .torch
                    .ones(new long[] {2, 3, WIDTH}, Tensors.options(org.bytedeco.pytorch.global.torch.ScalarType.Float))
                    .cumsum(1);
            adapted.taps()
                    .values()
                    .forEach(tap -> assertTensor(((Bottleneck) tap).densified().apply(x))
                            .isCloseTo(((Bottleneck) tap).apply(x), 1e-4, 1e-4));
            Tensor none = x.narrow(1, 0, 0);
            adapted.taps()
                    .values()
                    .forEach(tap -> assertTensor(((Bottleneck) tap).apply(none)).isEqualTo(none));
        }
    }

    /** They are moved by the data. */
    @Test
    void fullFineTuningLeavesRunningStatisticsToTheData() {
        try (var scope = Scope.open()) {
            var net = new ResNet(1, 3, List.of(1), Normalization.BATCH, 3);
            Params params = Params.of(net.initialize(new Seed(3).generator()));
            Params freed = config("full", "{}").attach(net, params, new Seed(5).generator());
            assertThat(freed.trainables().keySet())
                    .doesNotContainAnyElementsOf(net.modules().buffers())
                    .hasSize(params.weights().size() - net.modules().buffers().size());
            for (String name : net.modules().buffers()) {
                assertThat(freed.weight(name).data_ptr().address())
                        .as("a copy: the model trained from stays as it was")
                        .isNotEqualTo(params.weight(name).data_ptr().address());
            }
        }
    }

    @Test
    void whatDoesNotFitIsRefusedByName() {
        try (var scope = Scope.open()) {
            Params base = base();
            assertThatThrownBy(() -> config("compacter", "{phm_dim: 5, reduction_factor: 16}")
                            .attach(MODEL, base, new Seed(5).generator()))
                    .isInstanceOf(ConfigException.class)
                    .hasMessageContaining("compacter.phm_dim: 5")
                    .hasMessageContaining("128 and 8");
            assertThatThrownBy(() ->
                            config("compacter", "reduction_factor: 256").attach(MODEL, base, new Seed(5).generator()))
                    .hasMessageContaining("compacter.reduction_factor: 256")
                    .hasMessageContaining("128");
            assertThatThrownBy(() -> config("bottleneck", "non_linearity: gulu"))
                    .hasMessageContaining("gelu");
            assertThatThrownBy(() -> config("bottleneck", "layers: [7]").attach(MODEL, base, new Seed(5).generator()))
                    .hasMessageContaining("[7]");
            assertThatThrownBy(() -> config("full", "targets: [quary]").attach(MODEL, base, new Seed(5).generator()))
                    .hasMessageContaining("quary");
        }
    }
}
