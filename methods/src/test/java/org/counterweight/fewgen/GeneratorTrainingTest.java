package org.counterweight.fewgen;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.counterweight.engine.Tensors.longs;
import static org.counterweight.engine.Tensors.slice;
import static org.counterweight.testing.TensorAssert.assertTensor;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalDouble;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.config.Configs;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;
import org.counterweight.fewgen.prefix.PrefixGenerator;
import org.counterweight.model.Batch;
import org.counterweight.model.Model;
import org.counterweight.model.Params;
import org.counterweight.model.Pass;
import org.counterweight.model.zoo.Architectures;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Properties of tuning prefixes, sections 5 and 8 of the spec, on a small GPT-2. */
class GeneratorTrainingTest {
    private static final Model MODEL = Architectures.of(Configs.yaml(
            "{model_type: gpt2, architectures: [GPT2LMHeadModel], vocab_size: 11, n_embd: 8, n_layer: 2, n_head: 2,"
                    + " n_positions: 16, initializer_range: 0.3, embd_pdrop: 0, resid_pdrop: 0, attn_pdrop: 0}",
            "config"));
    private static final SpecialTokens TOKENS = new SpecialTokens(1, 0);

    private Scope scope;
    private Params frozen;

    @BeforeEach
    void open() {
        scope = Scope.open();
        var weights = new LinkedHashMap<String, Tensor>();
        MODEL.initialize(new Seed(3).generator())
                .forEach((name, tensor) -> weights.put(name, tensor.to(ScalarType.Double)));
        frozen = Params.of(weights);
    }

    @AfterEach
    void close() {
        scope.close();
    }

    private PrefixGenerator generator(long[] prompts, int labels, boolean isPair) {
        Tensor infix = isPair ? longs(new long[] {2, 3, 4, 5}, 2, 2) : null;
        int places = prompts.length / labels;
        List<long[]> each = IntStream.range(0, labels)
                .mapToObj(label -> Arrays.copyOfRange(prompts, label * places, (label + 1) * places))
                .toList();
        return PrefixGenerator.of(MODEL, frozen, TOKENS, each, 1, infix, 0);
    }

    private PrefixGenerator generator() {
        return generator(new long[] {7, 3, 4, 7, 9, 6}, 2, false);
    }

    private static TuningBatch texts() {
        Tensor ids = longs(new long[] {5, 2, 8, 0, 6, 10, 3, 0, 4, 9, 1, 0}, 3, 4);
        return new TuningBatch(ids, ids, longs(new long[] {0, 1, 1}), null, null);
    }

    private static WeightNet net(long seed) {
        WeightNet drawn = WeightNet.create(6, new Seed(seed).generator());
        return new WeightNet(wide(drawn.w1()), wide(drawn.b1()), wide(drawn.w2()), wide(drawn.b2()));
    }

    private static Tensor wide(Tensor tensor) {
        return tensor.detach().to(ScalarType.Double).requires_grad_(true);
    }

    private static WeightNet constant() {
        WeightNet net = net(2);
        return new WeightNet(net.w1(), net.b1(), torch.zeros_like(net.w2()).requires_grad_(true), net.b2());
    }

    private static MetaSettings settings(DiscSpace space, double metaRate, boolean quirks) {
        return new MetaSettings(space, quirks, true, metaRate, 0.01, 1e-4, 0.01, 1, 1e-8, 10);
    }

    private static TokenTerms terms(LabelledGenerator generator, TuningBatch texts, DiscSpace space) {
        return TokenTerms.of(
                generator.logits(generator.state(), texts, Pass.evaluation()), texts.targets(), texts.classes(), space);
    }

    private static double after(LabelledGenerator generator, WeightNet net, MetaSettings settings) {
        return MetaGradient.afterStep(generator, net, texts(), Pass.evaluation(), settings)
                .item_double();
    }

    @Test
    void aPrefixOfAPromptIsThePrompt() {
        Tensor found = generator().logits(generator().state(), texts(), Pass.evaluation());
        long[][] prompts = {{7, 3, 4}, {7, 9, 6}};
        for (int label = 0; label < 2; label++) {
            Tensor prompt = longs(prompts[label], 1, 3).expand(3, 3);
            Tensor whole = torch.cat(new TensorVector(prompt, texts().ids()), 1);
            Tensor said = MODEL.forward(frozen, new Batch(Map.of(Batch.INPUT_IDS, whole)), Pass.evaluation())
                    .logits();
            assertTensor(found.select(0, label)).isCloseTo(slice(said, 1, 3, 7), 1e-9, 1e-9);
        }
    }

    @Test
    void promptsMayDifferInLength() {
        PrefixGenerator generator = PrefixGenerator.of(
                MODEL, frozen, TOKENS, List.of(new long[] {7, 3}, new long[] {7, 9, 6, 2}), 1, null, 0);
        Tensor found = generator.logits(generator.state(), texts(), Pass.evaluation());
        long[][] prompts = {{7, 3}, {7, 9, 6, 2}};
        for (int label = 0; label < 2; label++) {
            int places = prompts[label].length;
            Tensor whole =
                    torch.cat(new TensorVector(longs(prompts[label], 1, places).expand(3, places), texts().ids()), 1);
            Tensor said = MODEL.forward(frozen, new Batch(Map.of(Batch.INPUT_IDS, whole)), Pass.evaluation())
                    .logits();
            assertTensor(found.select(0, label)).isCloseTo(slice(said, 1, places, places + 4), 1e-9, 1e-9);
        }
        try (var training = new GeneratorTraining(generator, net(1), settings(DiscSpace.LOGPROB, 0.1, false))) {
            training.step(texts(), Pass.evaluation());
        }
        Tensor behind = slice(
                Objects.requireNonNull(generator.trainables().get("prefix_params"))
                        .select(0, 0),
                3,
                1,
                3);
        assertThat(behind.abs().max().item_double()).isZero(); // places that no text sees stay as they were
    }

    /** What is written under a label is what the tuned prefixes say, their own vectors of beginning and end included. */
    @Test
    void whatIsWrittenIsWhatWasTuned() {
        PrefixGenerator generator = generator(new long[] {7, 3, 4, 7, 9, 6}, 2, true);
        Tensor infix = longs(new long[] {5, 2, 3, 8, 0}, 1, 5);
        Tensor places = longs(new long[] {0, 1, 1, 0, 0}, 1, 5);
        var pair = new TuningBatch(infix, infix, longs(new long[] {1}), null, places);
        try (var training = new GeneratorTraining(generator, net(1), settings(DiscSpace.LOGPROB, 0.1, false))) {
            training.step(pair, Pass.evaluation());
        }
        Tensor tuned = generator.logits(generator.state(), pair, Pass.evaluation());
        long[] own = generator.infix();
        Tensor ids = longs(new long[] {5, own[0], own[1], 8, 0}, 1, 5);
        Tensor written = MODEL.forward(generator.writing(1), new Batch(Map.of(Batch.INPUT_IDS, ids)), Pass.evaluation())
                .logits();
        assertThat(written.size(2)).isEqualTo(11);
        assertTensor(written).isCloseTo(tuned.select(0, 1), 1e-10, 1e-10);
    }

    @Test
    void brokenOffItGoesOnAsIfItHadNotBeen() {
        PrefixGenerator whole = generator();
        MetaSettings settings = settings(DiscSpace.LOGPROB, 0.1, false);
        WeightNet net = net(1);
        WeightNet other = net(9);
        PrefixGenerator broken = generator();
        try (var training = new GeneratorTraining(whole, net, settings);
                var resumed = new GeneratorTraining(broken, other, settings)) {
            training.step(texts(), Pass.evaluation());
            var saved = new LinkedHashMap<String, Tensor>();
            training.state().forEach((name, tensor) -> saved.put(name, tensor.clone()));
            training.step(texts(), Pass.evaluation());
            resumed.restore(saved);
            resumed.step(texts(), Pass.evaluation());
            assertThat(resumed.taken()).isEqualTo(2);
        }
        whole.trainables()
                .forEach((name, tensor) -> assertTensor(
                                Objects.requireNonNull(broken.trainables().get(name)))
                        .as(name)
                        .isEqualTo(tensor));
        assertTensor(other.w1()).isEqualTo(net.w1());
    }

    @Test
    void anInfixOfWordsIsTheWords() {
        PrefixGenerator generator = generator(new long[] {7, 3, 4, 7, 9, 6}, 2, true);
        Tensor other = longs(new long[] {5, 10, 10, 8, 0}, 1, 5);
        Tensor places = longs(new long[] {0, 1, 1, 0, 0}, 1, 5);
        var texts = new TuningBatch(other, other, longs(new long[] {1}), null, places);
        Tensor found = generator.logits(generator.state(), texts, Pass.evaluation());
        Tensor words = longs(new long[] {5, 4, 5, 8, 0}, 1, 5); // of label 1
        var plain = new TuningBatch(words, words, longs(new long[] {1}), null, null);
        Tensor wanted = generator.logits(generator.state(), plain, Pass.evaluation());
        assertTensor(found.select(0, 1)).isCloseTo(wanted.select(0, 1), 1e-10, 1e-10);
        assertThat(found.select(0, 0).sub(wanted.select(0, 0)).abs().max().item_double())
                .isGreaterThan(1e-3);

        var cut = new TuningBatch(other, other, longs(new long[] {1}), null, longs(new long[] {0, 0, 0, 0, 1}, 1, 5));
        assertThatThrownBy(() -> generator.logits(generator.state(), cut, Pass.evaluation()))
                .hasMessageContaining("row 0 has 1 places for the 2 vectors");
    }

    @ParameterizedTest
    @EnumSource
    void equalPrefixesTellNothing(DiscSpace space) {
        PrefixGenerator same = generator(new long[] {7, 3, 4, 7, 3, 4, 7, 3, 4}, 3, false);
        TokenTerms terms = terms(same, texts(), space);
        assertTensor(terms.disc()).isCloseTo(Tensors.plus(torch.zeros_like(terms.disc()), Math.log(3)), 0, 1e-12);
        Tensor weights = net(1).weights(terms.disc());
        assertTensor(weights).isCloseTo(terms.equalWeights(), 0, 1e-12);
        assertThat(terms.weighted(weights).item_double())
                .isCloseTo(terms.generation().mean().item_double(), within(1e-12));
    }

    @ParameterizedTest
    @EnumSource
    void posteriorsOfAllClassesAddUpToOne(DiscSpace space) {
        Tensor logits = generator().logits(generator().state(), texts(), Pass.evaluation());
        Tensor sum = torch.zeros(9).to(ScalarType.Double);
        for (long label = 0; label < 2; label++) {
            Tensor all = longs(new long[] {label, label, label});
            Tensor disc = TokenTerms.of(logits, texts().targets(), all, space).disc();
            assertThat(disc.min().item_double()).isGreaterThanOrEqualTo(0);
            sum = sum.add(disc.neg().exp());
        }
        assertTensor(sum).isCloseTo(torch.ones_like(sum), 0, 1e-12);
    }

    @Test
    void onlyLogitsFeelAConstantAddedUnderOnePrefix() {
        Tensor logits = generator().logits(generator().state(), texts(), Pass.evaluation());
        Tensor moved = torch.stack(new TensorVector(Tensors.plus(logits.select(0, 0), 1.5), logits.select(0, 1)), 0);
        for (DiscSpace space : DiscSpace.values()) {
            Tensor before = TokenTerms.of(logits, texts().targets(), texts().classes(), space)
                    .disc();
            Tensor now = TokenTerms.of(moved, texts().targets(), texts().classes(), space)
                    .disc();
            double apart = now.sub(before).abs().max().item_double();
            if (space == DiscSpace.LOGPROB) {
                assertThat(apart).isLessThan(1e-12);
            } else {
                assertThat(apart).isGreaterThan(0.1);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"LOGPROB, false", "LOGIT, false", "LOGPROB, true", "LOGIT, true"})
    void theMetaGradientIsThatOfFiniteDifferences(DiscSpace space, boolean quirks) {
        PrefixGenerator generator = generator();
        WeightNet net = net(1);
        MetaSettings settings = settings(space, 0.5, quirks);
        MetaGradient meta = MetaGradient.of(generator, net, texts(), Pass.evaluation(), settings);
        double largest = 0;
        for (var entry : net.tensors().entrySet()) {
            double found = Objects.requireNonNull(meta.gradients().get(entry.getKey()))
                    .view(-1)
                    .select(0, 0)
                    .item_double();
            double step = 1e-5;
            double[] at = new double[2];
            for (int side = 0; side < 2; side++) {
                Tensor moved = entry.getValue().detach().clone();
                moved.view(-1).select(0, 0).add_(Tensors.scalar(side == 0 ? -step : step));
                var tensors = new LinkedHashMap<>(net.tensors());
                tensors.put(entry.getKey(), moved);
                at[side] = after(generator, of(tensors), settings);
            }
            assertThat(found).as(entry.getKey()).isCloseTo((at[1] - at[0]) / (2 * step), within(1e-8));
            largest = Math.max(largest, Math.abs(found));
        }
        assertThat(largest).isGreaterThan(1e-6);
    }

    private static WeightNet of(Map<String, Tensor> tensors) {
        return new WeightNet(
                Objects.requireNonNull(tensors.get("w1")),
                Objects.requireNonNull(tensors.get("b1")),
                Objects.requireNonNull(tensors.get("w2")),
                Objects.requireNonNull(tensors.get("b2")));
    }

    @Test
    void withoutAnInnerStepThereIsNoMetaGradient() {
        MetaGradient meta =
                MetaGradient.of(generator(), net(1), texts(), Pass.evaluation(), settings(DiscSpace.LOGPROB, 0, false));
        meta.gradients()
                .values()
                .forEach(one -> assertThat(one.abs().max().item_double()).isZero());
    }

    @Test
    void aStepAlongTheMetaGradientTellsLabelsApart() {
        PrefixGenerator generator = generator();
        WeightNet net = net(1);
        MetaSettings settings = settings(DiscSpace.LOGPROB, 0.5, false);
        MetaGradient meta = MetaGradient.of(generator, net, texts(), Pass.evaluation(), settings);
        var moved = new LinkedHashMap<String, Tensor>();
        net.tensors()
                .forEach((name, tensor) -> moved.put(
                        name,
                        Tensors.add(
                                        tensor.detach(),
                                        Objects.requireNonNull(meta.gradients().get(name)),
                                        -0.1)
                                .requires_grad_(true)));
        assertThat(after(generator, of(moved), settings)).isLessThan(after(generator, net, settings));
    }

    @Test
    void aConstantNetworkIsPlainLikelihood() {
        PrefixGenerator weighed = generator();
        PrefixGenerator plain = generator();
        var still = new MetaSettings(DiscSpace.LOGPROB, false, true, 0.5, 0, 0, 0.01, 1, 1e-8, 10);
        var none = new MetaSettings(DiscSpace.LOGPROB, false, false, 0.5, 0, 0, 0.01, 1, 1e-8, 10);
        try (var one = new GeneratorTraining(weighed, constant(), still);
                var other = new GeneratorTraining(plain, net(1), none)) {
            assertTensor(one.step(texts(), Pass.evaluation()).orElseThrow().weights())
                    .isCloseTo(
                            other.step(texts(), Pass.evaluation()).orElseThrow().weights(), 0, 1e-15);
        }
        weighed.trainables()
                .forEach((name, tensor) -> assertTensor(tensor)
                        .as(name)
                        .isCloseTo(Objects.requireNonNull(plain.trainables().get(name)), 0, 1e-9));
        assertTensor(net(1).weights(Tensors.doubles(new double[] {0.3}))).isEqualTo(Tensors.doubles(new double[] {1}));
    }

    @Test
    void trainingMovesPrefixesAndVectorsAlone() {
        PrefixGenerator generator = generator();
        var before = new LinkedHashMap<String, Tensor>();
        frozen.weights().forEach((name, tensor) -> before.put(name, tensor.clone()));
        Tensor control = generator.control().clone();
        Tensor prefixes = Objects.requireNonNull(generator.trainables().get("prefix_params"))
                .detach()
                .clone();
        try (var training = new GeneratorTraining(generator, net(1), settings(DiscSpace.LOGPROB, 0.1, false))) {
            GeneratorTraining.Step step =
                    training.step(texts(), Pass.evaluation()).orElseThrow();
            assertThat(step.metaLoss()).isPresent();
            assertThat(step.weights().sum().item_double()).isCloseTo(1, within(1e-12));
        }
        before.forEach(
                (name, tensor) -> assertTensor(frozen.weight(name)).as(name).isEqualTo(tensor));
        assertTensor(generator.control()).isEqualTo(control);
        assertThat(generator.trainables()).containsOnlyKeys("prefix_params", "special_emb");
        assertThat(Objects.requireNonNull(generator.trainables().get("prefix_params"))
                        .sub(prefixes)
                        .abs()
                        .max()
                        .item_double())
                .isGreaterThan(1e-4);
    }

    @Test
    void anExampleMovesThePrefixOfItsOwnLabelAlone() {
        PrefixGenerator generator = generator();
        TuningBatch one = new TuningBatch(
                slice(texts().ids(), 0, 0, 1), slice(texts().ids(), 0, 0, 1), longs(new long[] {0}), null, null);
        try (var training = new GeneratorTraining(generator, net(1), settings(DiscSpace.LOGPROB, 0.1, false))) {
            training.backward(one, Pass.evaluation(), OptionalDouble.empty());
            Tensor gradient = Objects.requireNonNull(generator.trainables().get("prefix_params"))
                    .grad();
            assertThat(gradient.select(0, 0).abs().max().item_double()).isGreaterThan(1e-6);
            assertThat(gradient.select(0, 1).abs().max().item_double()).isZero();
        }
    }

    @Test
    void aBatchWithNothingToLearnAndAGradientThatIsNoneMoveNothing() {
        PrefixGenerator generator = generator();
        WeightNet net = net(1);
        Tensor weights = net.w1().detach().clone();
        Tensor none = torch.full_like(texts().ids(), new Scalar(-100L));
        try (var training = new GeneratorTraining(generator, net, settings(DiscSpace.LOGPROB, 0.1, false))) {
            var empty = new TuningBatch(texts().ids(), none, texts().classes(), null, null);
            assertThat(training.step(empty, Pass.evaluation())).isEmpty();
            assertThat(training.taken()).isEqualTo(1);
            var gradients = new LinkedHashMap<String, Tensor>();
            net.tensors()
                    .forEach((name, tensor) ->
                            gradients.put(name, Tensors.times(torch.ones_like(tensor.detach()), Double.NaN)));
            training.weigh(new MetaGradient(torch.zeros(1), gradients));
            assertThat(training.metaSkipped()).isEqualTo(1);
        }
        assertTensor(net.w1()).isEqualTo(weights);
    }

    @Test
    void aLabelWithoutAPrefixIsNamedWithItsRow() {
        var wrong = new TuningBatch(texts().ids(), texts().ids(), longs(new long[] {0, 2, 1}), null, null);
        assertThatThrownBy(() -> terms(generator(), wrong, DiscSpace.LOGPROB))
                .hasMessage("row 1 has class 2, but there are prefixes of 2 labels, counted from 0");
    }
}
