package org.counterweight.model.zoo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.counterweight.engine.Tensors.gradients;
import static org.counterweight.engine.Tensors.scalar;
import static org.counterweight.engine.Tensors.slice;
import static org.counterweight.testing.TensorAssert.assertTensor;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;
import org.counterweight.model.Batch;
import org.counterweight.model.Model;
import org.counterweight.model.Params;
import org.counterweight.model.Pass;
import org.counterweight.model.Past;
import org.counterweight.model.Prefix;
import org.counterweight.model.module.AttentionSpec;
import org.counterweight.model.part.Activation;
import org.counterweight.model.part.Head;
import org.counterweight.model.part.Normalization;
import org.counterweight.model.part.Pooling;
import org.counterweight.model.zoo.image.ConvNet;
import org.counterweight.model.zoo.image.Mlp;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class PrefixTest {
    private static final long LENGTH = 3;
    private final Scope scope = Scope.open();

    @AfterEach
    void close() {
        scope.close();
    }

    static List<Named<Model>> transformers() {
        return Zoo.all().stream()
                .filter(model -> !model.getPayload().attentions().isEmpty())
                .toList();
    }

    /** Each other one that reads text takes a prefix. */
    @Test
    void theseTakeNoneAndSaySo() {
        List<Named<Model>> without = Zoo.all().stream()
                .filter(model -> Zoo.readsText(model.getPayload()))
                .filter(model -> model.getPayload().attentions().isEmpty())
                .toList();
        assertThat(without)
                .extracting(model -> model.getName().split("For|Model| ")[0])
                .containsOnly(
                        "Albert",
                        "DebertaV2",
                        "MPNet",
                        "ModernBert",
                        "CLIP",
                        "T5",
                        "T5Encoder",
                        "MT5",
                        "MT5Encoder",
                        "UMT5",
                        "UMT5Encoder",
                        "Gemma3",
                        "Recurrent");
        for (Named<Model> model : without) {
            assertThatThrownBy(() -> Prefix.create(model.getPayload(), LENGTH, 0.3, new Seed(4).generator()))
                    .hasMessageContaining("no attention that takes a prefix");
        }
    }

    /** size · sin(0.7 i + k): numbers that two programs can make alike. */
    private static Tensor wave(long[] shape, int k, double size) {
        double[] values = new double[Math.toIntExact(Tensors.length(shape))];
        for (int i = 0; i < values.length; i++) {
            values[i] = size * Math.sin(0.7 * i + k);
        }
        return Tensors.doubles(values, shape).to(ScalarType.Float);
    }

    private static Params waves(Model model) {
        var weights = new LinkedHashMap<String, Tensor>();
        int k = 0;
        for (String name : new TreeSet<>(model.shapes().keySet())) {
            long[] shape = Objects.requireNonNull(model.shapes().get(name));
            weights.put(name, wave(shape, k++, 0.3));
        }
        var prefix = new LinkedHashMap<String, Prefix.KeyValue>();
        int place = 100;
        for (AttentionSpec attention : model.attentions()) {
            long[] shape = {attention.heads(), LENGTH, attention.size()};
            prefix.put(attention.name(), new Prefix.KeyValue(wave(shape, place, 0.5), wave(shape, place + 1, 0.5)));
            place += 2;
        }
        return Params.of(weights).prefixed(new Prefix(prefix));
    }

    private static Tensor rows(double... values) {
        return Tensors.doubles(values, 2, values.length / 2).to(ScalarType.Float);
    }

    /** The last real token's logits of each text. */
    private static Tensor lasts(Model model) {
        Tensor all = model.forward(waves(model), Zoo.batch(model, ScalarType.Float), Pass.evaluation())
                .logits();
        return torch.stack(
                new TensorVector(all.select(0, 0).select(0, 3), all.select(0, 1).select(0, 2)), 0);
    }

    /** The numbers are PEFT 0.21's on transformers 5.18, PrefixTuningConfig with three virtual tokens. */
    @Test
    void gpt2AgreesWithPeft() {
        assertTensor(lasts(Zoo.gpt2(Head.LANGUAGE, true)))
                .isCloseTo(
                        rows(
                                -0.301296,
                                -0.213641,
                                -0.03009,
                                0.166968,
                                0.289079,
                                0.281432,
                                0.147459,
                                -0.0527037,
                                -0.229209,
                                -0.30283,
                                -0.24052,
                                -0.28171,
                                -0.193941,
                                -0.0191178,
                                0.164287,
                                0.273948,
                                0.260643,
                                0.130343,
                                -0.0584632,
                                -0.221028,
                                -0.28438,
                                -0.220083),
                        1e-4,
                        1e-5);
    }

    @Test
    void llamaAgreesWithPeft() {
        assertTensor(lasts(Zoo.llama(Head.LANGUAGE, false)))
                .isCloseTo(
                        rows(
                                0.0322357,
                                0.0485511,
                                0.0430734,
                                0.0182614,
                                -0.0147475,
                                -0.0411367,
                                -0.049061,
                                -0.0349633,
                                -0.00517174,
                                0.0269413,
                                0.0469612,
                                0.00846484,
                                0.0121186,
                                0.0103327,
                                0.0039088,
                                -0.00426966,
                                -0.0105316,
                                -0.0120662,
                                -0.00818473,
                                -0.000629362,
                                0.00720852,
                                0.0118107),
                        1e-4,
                        1e-5);
    }

    @Test
    void bertAgreesWithPeft() {
        Model model = Zoo.bert(Head.CLASSIFIER, Pooling.POOLER);
        assertTensor(model.forward(waves(model), Zoo.batch(model, ScalarType.Float), Pass.evaluation())
                        .logits())
                .isCloseTo(rows(0.198327, 0.229903, 0.152434, 0.200103, 0.230856, 0.152137), 1e-4, 1e-5);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("transformers")
    void isTrainedSavedAndUnrolled(Model model) {
        Params plain = Zoo.params(model, ScalarType.Float);
        Params params = plain.prefixed(Prefix.create(model, LENGTH, 0.3, new Seed(4).generator()));
        Map<String, Tensor> trainables = params.trainables();
        assertThat(trainables).hasSize(2 * model.attentions().size());
        assertThat(params.saved()).containsOnlyKeys(trainables.keySet());
        assertThat(params.isOfWeightsAlone()).isFalse();
        assertThat(trainables.keySet())
                .allMatch(name -> name.endsWith(".prefix_key") || name.endsWith(".prefix_value"));
        var leaves = new LinkedHashMap<String, Tensor>();
        var steps = new LinkedHashMap<String, Tensor>();
        trainables.forEach((name, tensor) -> {
            Tensor leaf = tensor.detach().clone().requires_grad_(true);
            leaves.put(name, leaf);
            steps.put(name, leaf.mul(scalar(2)));
        });
        Batch batch = Zoo.batch(model, ScalarType.Float);
        Tensor[] found = gradients(
                model.forward(params.withTrainables(steps), batch, Pass.evaluation())
                        .logits()
                        .mul(wave(new long[] {1}, 1, 1))
                        .square()
                        .sum(),
                false,
                leaves.values().toArray(Tensor[]::new));
        int seen = 0;
        for (Tensor gradient : found) {
            seen += gradient.abs().max().item_double() > 0 ? 1 : 0;
        }
        assertThat(seen).isEqualTo(found.length);
    }

    static List<Named<Model>> decoders() {
        return List.of(
                Named.of("gpt2", Zoo.gpt2(Head.LANGUAGE, true)), Named.of("llama", Zoo.llama(Head.LANGUAGE, false)));
    }

    /** And so the fused attention, the one by hand, and the kept keys and values are one function. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("decoders")
    void readingTokenByTokenIsReadingAtOnce(Model model) {
        Params params = waves(model);
        Tensor ids = Tensors.longs(new long[] {3, 4, 5, 6, 7}, 1, 5);
        Batch text = new Batch(Map.of(Batch.INPUT_IDS, ids));
        Tensor whole = model.forward(params, text, Pass.evaluation()).logits();
        assertTensor(model.forward(params, text, Pass.evaluation().differentiable(2))
                        .logits())
                .isCloseTo(whole, 1e-5, 1e-6);
        try (var past = new Past();
                var off = Tensors.noGrad()) {
            long from = 0;
            for (long to : new long[] {2, 3, 4, 5}) {
                Batch some = new Batch(Map.of(Batch.INPUT_IDS, slice(ids, 1, from, to)));
                Tensor logits = model.forward(params, some, Pass.after(past)).logits();
                assertTensor(logits).isCloseTo(slice(whole, 1, from, to), 1e-4, 1e-5);
                from = to;
            }
        }
    }

    @Test
    void whatHasNoPlaceIsRefused() {
        var random = new Seed(1).generator();
        assertThatThrownBy(() -> Prefix.create(new Mlp(3, List.of(), 2, Activation.TANH, 0), 2, 1, random))
                .hasMessageContaining("Mlp has no attention that takes a prefix");
        assertThatThrownBy(() -> Prefix.create(new ConvNet(1, 6, 3, 1, Normalization.NONE, 3), 2, 1, random))
                .hasMessageContaining("ConvNet");
        Model gpt2 = Zoo.gpt2(Head.LANGUAGE, true);
        assertThatThrownBy(() -> Prefix.create(gpt2, 0, 1, random)).hasMessageContaining("at least 1");
        Params longest = Zoo.params(gpt2, ScalarType.Float).prefixed(Prefix.create(gpt2, 6, 1, random));
        assertThatThrownBy(() -> gpt2.forward(longest, Zoo.batch(gpt2, ScalarType.Float), Pass.evaluation()))
                .hasMessageContaining("10 tokens");
    }
}
