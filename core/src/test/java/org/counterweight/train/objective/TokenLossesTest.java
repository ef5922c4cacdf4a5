package org.counterweight.train.objective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.counterweight.engine.Tensors.linear;
import static org.counterweight.testing.TensorAssert.assertTensor;

import java.util.function.UnaryOperator;
import org.bytedeco.pytorch.Generator;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;
import org.counterweight.model.Pass;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TokenLossesTest {
    private static final int TOKENS = 23;
    private static final int WIDTH = 6;
    private static final int VOCABULARY = 11;

    private final Generator random = new Seed(3).generator();
    private final Tensor labels =
            Tensors.longs(new Seed(4).random().longs(TOKENS, 0, VOCABULARY).toArray(), TOKENS);

    private Tensor normal(long... shape) {
        return Tensors.zeros(shape).to(ScalarType.Double).normal_(0, 1, Tensors.optional(random));
    }

    /** Blocks of one token, of some with a rest, and one for all: losses and weighted gradients as with all logits at once. */
    @ParameterizedTest
    @ValueSource(longs = {1, 5 * VOCABULARY, 1000})
    void agreesWithAllLogitsAtOnce(long block) {
        try (var scope = Scope.open()) {
            Tensor weight = normal(VOCABULARY, WIDTH);
            UnaryOperator<Tensor> head = x -> linear(torch.tanh(x), weight, null);
            Tensor factors = normal(TOKENS);
            Tensor hidden = normal(TOKENS, WIDTH).requires_grad_(true);

            Tensor whole = CrossEntropy.unreduced(head.apply(hidden), labels, 0);
            Tensor wholeGradient = Tensors.gradients(whole.mul(factors).sum(), false, hidden)[0];
            Tensor blocked = TokenLosses.of(head, hidden, labels, block);
            Tensor blockedGradient = Tensors.gradients(blocked.mul(factors).sum(), false, hidden)[0];

            assertTensor(blocked).isCloseTo(whole, 1e-12, 1e-12);
            assertTensor(blockedGradient).isCloseTo(wholeGradient, 1e-12, 1e-12);
        }
    }

    /** Labels so unlikely that float32 has no such probability: their losses come from the logits. */
    @Test
    void theMostUnlikelyLabelsHaveTheirLosses() {
        try (var scope = Scope.open()) {
            Tensor hidden = Tensors.floats(new float[] {0, 200, 0, 70, 0, 1}, 3, 2);
            Tensor losses = TokenLosses.of(
                    x -> x, hidden.requires_grad_(true), Tensors.longs(new long[] {0, 0, 0}), Pass.evaluation());
            assertTensor(losses).isCloseTo(Tensors.floats(new float[] {200, 70, 1.3132617f}, 3), 1e-6, 1e-6);
        }
    }

    /** A head that trains, in blocks of two widths and a rest. */
    @Test
    void aTrainedHeadInBlocksHasTheSameGradients() {
        try (var scope = Scope.open()) {
            Tensor weight = normal(VOCABULARY, WIDTH).requires_grad_(true);
            UnaryOperator<Tensor> head = x -> linear(x, weight, null);
            Tensor factors = normal(TOKENS);
            Tensor hidden = normal(TOKENS, WIDTH).requires_grad_(true);

            Tensor whole = CrossEntropy.unreduced(head.apply(hidden), labels, 0);
            Tensor[] expected = Tensors.gradients(whole.mul(factors).sum(), false, hidden, weight);
            Tensor blocked = TokenLosses.of(head, hidden, labels, 1L);
            Tensor[] gradients = Tensors.gradients(blocked.mul(factors).sum(), false, hidden, weight);

            assertTensor(blocked).isCloseTo(whole, 1e-12, 1e-12);
            assertTensor(gradients[0]).isCloseTo(expected[0], 1e-12, 1e-12);
            assertTensor(gradients[1]).isCloseTo(expected[1], 1e-12, 1e-12);
        }
    }

    @Test
    void aTrainedHeadHasItsGradient() {
        try (var scope = Scope.open()) {
            Tensor weight = normal(VOCABULARY, WIDTH).requires_grad_(true);
            Tensor losses =
                    TokenLosses.of(x -> linear(x, weight, null), normal(TOKENS, WIDTH), labels, Pass.evaluation());
            Tensor gradient = Tensors.gradients(losses.sum(), false, weight)[0];
            assertThat(gradient.abs().max().item_double()).isGreaterThan(0.1);
        }
    }

    @Test
    void nothingToPredictIsNoLoss() {
        try (var scope = Scope.open()) {
            Tensor weight = normal(VOCABULARY, WIDTH);
            Tensor hidden = normal(2, 3, WIDTH).requires_grad_(true);
            Tensor losses = TokenLosses.of(
                    x -> linear(x, weight, null),
                    hidden.reshape(-1, WIDTH).index_select(0, Tensors.longs(new long[0], 0)),
                    Tensors.longs(new long[0], 0),
                    Pass.evaluation());
            assertThat(losses.numel()).isZero();
            losses.sum().backward();
            assertThat(hidden.grad().abs().sum().item_double()).isZero();
        }
    }
}
