package org.counterweight.fewgen;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.counterweight.engine.Tensors.longs;
import static org.counterweight.engine.Tensors.slice;
import static org.counterweight.fewgen.SmallWriter.constant;
import static org.counterweight.fewgen.SmallWriter.frozen;
import static org.counterweight.fewgen.SmallWriter.generator;
import static org.counterweight.fewgen.SmallWriter.net;
import static org.counterweight.fewgen.SmallWriter.settings;
import static org.counterweight.fewgen.SmallWriter.texts;
import static org.counterweight.testing.TensorAssert.assertTensor;

import java.util.LinkedHashMap;
import java.util.Objects;
import java.util.OptionalDouble;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Tensors;
import org.counterweight.fewgen.prefix.PrefixGenerator;
import org.counterweight.model.Params;
import org.counterweight.model.Pass;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Properties of tuning prefixes, sections 5 and 8 of the spec, on a small GPT-2. */
class GeneratorTrainingTest {
    private Scope scope;
    private Params frozen;

    @BeforeEach
    void open() {
        scope = Scope.open();
        frozen = frozen();
    }

    @AfterEach
    void close() {
        scope.close();
    }

    @Test
    void brokenOffItGoesOnAsIfItHadNotBeen() {
        PrefixGenerator whole = generator(frozen);
        MetaSettings settings = settings(DiscSpace.LOGPROB, 0.1, false);
        WeightNet net = net(1);
        WeightNet other = net(9);
        PrefixGenerator broken = generator(frozen);
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
    void aConstantNetworkIsPlainLikelihood() {
        PrefixGenerator weighed = generator(frozen);
        PrefixGenerator plain = generator(frozen);
        var still = new MetaSettings(DiscSpace.LOGPROB, false, true, 0.5, 0, 0, 0.01, 1, 1e-8, 10, 0);
        var none = new MetaSettings(DiscSpace.LOGPROB, false, false, 0.5, 0, 0, 0.01, 1, 1e-8, 10, 0);
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
        PrefixGenerator generator = generator(frozen);
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
        PrefixGenerator generator = generator(frozen);
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
        PrefixGenerator generator = generator(frozen);
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

    /** The baseline that adds mu L_disc to the likelihood moves every label's prefix. */
    @Test
    void tellingLabelsApartCanBeATermOfTheLoss() {
        PrefixGenerator generator = generator(frozen);
        var settings = new MetaSettings(DiscSpace.LOGPROB, false, false, 0, 0, 0, 0.01, 1, 1e-8, 10, 0.5);
        TuningBatch one = new TuningBatch(
                slice(texts().ids(), 0, 0, 1), slice(texts().ids(), 0, 0, 1), longs(new long[] {0}), null, null);
        try (var training = new GeneratorTraining(generator, net(1), settings)) {
            GeneratorTraining.Step step = training.backward(one, Pass.evaluation(), OptionalDouble.empty());
            double likelihood = step.terms().generation().mean().item_double();
            double disc = step.terms().disc().mean().item_double();
            assertThat(step.loss().item_double()).isCloseTo(likelihood + 0.5 * disc, within(1e-12));
            Tensor gradient = Objects.requireNonNull(generator.trainables().get("prefix_params"))
                    .grad();
            assertThat(gradient.select(0, 1).abs().max().item_double()).isGreaterThan(1e-6);
        }
    }
}
