package org.counterweight.merge.extract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Offset.offset;
import static org.assertj.core.data.Percentage.withPercentage;
import static org.bytedeco.pytorch.global.torch.matmul;
import static org.counterweight.testing.TensorAssert.assertTensor;

import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;
import org.counterweight.merge.extract.LowRankFit.Budget;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The nearest matrix of low rank, whichever side is longer. */
class LowRankFitTest {
    private static Tensor draw(long seed, long rows, long columns) {
        return Tensors.zeros(rows, columns)
                .to(ScalarType.Double)
                .normal_(0, 1, Tensors.optional(new Seed(seed).generator()));
    }

    @ParameterizedTest
    @CsvSource({"7, 4", "4, 7", "5, 5"})
    void aMatrixOfLowRankIsFoundWhole(long out, long in) {
        try (var scope = Scope.open()) {
            Tensor delta = matmul(draw(1, out, 2), draw(2, 2, in));
            LowRankFit fit = LowRankFit.of(Rows.of(delta), new Budget(4, 1));
            assertThat(fit.a().size(0)).isEqualTo(2); // the rest is rounding
            assertTensor(matmul(fit.b(), fit.a())).isCloseTo(delta.to(ScalarType.Float), 1e-5, 1e-5);
            assertThat(fit.energy()).isCloseTo(1, offset(1e-9));
        }
    }

    @Test
    void whatIsLeftIsWhatTheSmallerSingularValuesSay() {
        try (var scope = Scope.open()) {
            Tensor delta = torch.diag(Tensors.doubles(new double[] {3, 2, 1}, 3));
            LowRankFit fit = LowRankFit.of(Rows.of(delta), new Budget(2, 1));
            assertTensor(matmul(fit.b(), fit.a()))
                    .isCloseTo(torch.diag(Tensors.floats(new float[] {3, 2, 0}, 3)), 0, 1e-6);
            assertThat(fit.energy()).isCloseTo(13.0 / 14, offset(1e-12));
            assertThat(LowRankFit.of(Rows.of(delta), new Budget(3, 0.6)).a().size(0))
                    .isEqualTo(1); // 9 of 14
            assertThat(LowRankFit.of(Rows.of(delta), new Budget(3, 0.9)).a().size(0))
                    .isEqualTo(2);
        }
    }

    @Test
    void aTableOfAVocabularyIsReadInParts() {
        try (var scope = Scope.open()) {
            Tensor delta = draw(3, 70_000, 64); // more than one part
            LowRankFit tall = LowRankFit.of(Rows.of(delta), new Budget(5, 1));
            LowRankFit wide =
                    LowRankFit.of(Rows.of(delta.t()), new Budget(5, 1)).transposed();
            assertThat(tall.square()).isCloseTo(delta.square().sum().item_double(), withPercentage(1e-8));
            assertThat(tall.energy()).isCloseTo(wide.energy(), offset(1e-12));
            assertTensor(matmul(tall.b(), tall.a())).isCloseTo(matmul(wide.b(), wide.a()), 1e-5, 1e-6);
        }
    }
}
