package org.counterweight.fewgen;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.counterweight.engine.Tensors.longs;
import static org.counterweight.fewgen.SmallWriter.after;
import static org.counterweight.fewgen.SmallWriter.frozen;
import static org.counterweight.fewgen.SmallWriter.generator;
import static org.counterweight.fewgen.SmallWriter.net;
import static org.counterweight.fewgen.SmallWriter.settings;
import static org.counterweight.fewgen.SmallWriter.terms;
import static org.counterweight.fewgen.SmallWriter.texts;
import static org.counterweight.testing.TensorAssert.assertTensor;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Tensors;
import org.counterweight.fewgen.prefix.PrefixGenerator;
import org.counterweight.model.Params;
import org.counterweight.model.Pass;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** The gradient through a step of the likelihood, and what a token says of its label. */
class MetaGradientTest {
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

    @ParameterizedTest
    @CsvSource({"LOGPROB, false", "LOGIT, false", "LOGPROB, true", "LOGIT, true"})
    void theMetaGradientIsThatOfFiniteDifferences(DiscSpace space, boolean quirks) {
        PrefixGenerator generator = generator(frozen);
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

    @Test
    void withoutAnInnerStepThereIsNoMetaGradient() {
        MetaGradient meta = MetaGradient.of(
                generator(frozen), net(1), texts(), Pass.evaluation(), settings(DiscSpace.LOGPROB, 0, false));
        meta.gradients()
                .values()
                .forEach(one -> assertThat(one.abs().max().item_double()).isZero());
    }

    @Test
    void aStepAlongTheMetaGradientTellsLabelsApart() {
        PrefixGenerator generator = generator(frozen);
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

    @ParameterizedTest
    @EnumSource
    void equalPrefixesTellNothing(DiscSpace space) {
        PrefixGenerator same = generator(frozen, new long[] {7, 3, 4, 7, 3, 4, 7, 3, 4}, 3, false);
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
        Tensor logits = generator(frozen).logits(generator(frozen).state(), texts(), Pass.evaluation());
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
        Tensor logits = generator(frozen).logits(generator(frozen).state(), texts(), Pass.evaluation());
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

    @Test
    void aLabelWithoutAPrefixIsNamedWithItsRow() {
        var wrong = new TuningBatch(texts().ids(), texts().ids(), longs(new long[] {0, 2, 1}), null, null);
        assertThatThrownBy(() -> terms(generator(frozen), wrong, DiscSpace.LOGPROB))
                .hasMessage("row 1 has class 2, but there are prefixes of 2 labels, counted from 0");
    }

    private static WeightNet of(Map<String, Tensor> tensors) {
        return new WeightNet(
                Objects.requireNonNull(tensors.get("w1")),
                Objects.requireNonNull(tensors.get("b1")),
                Objects.requireNonNull(tensors.get("w2")),
                Objects.requireNonNull(tensors.get("b2")));
    }
}
