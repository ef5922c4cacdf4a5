package org.counterweight.shift.doubleweighting;

import static org.assertj.core.api.Assertions.assertThat;
import static org.counterweight.engine.Tensors.doubles;
import static org.counterweight.engine.Tensors.plus;
import static org.counterweight.engine.Tensors.scalar;
import static org.counterweight.testing.TensorAssert.assertTensor;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A factor that is bordered solves what a new one would. */
class FreeBlockTest {
    private static final int SIZE = 40;

    private static Tensor all(boolean free) {
        return torch.full(new long[] {SIZE}, scalar(free ? 1 : 0), Tensors.options(ScalarType.Bool));
    }

    private static Tensor drawn(long seed, long... shape) {
        return torch.zeros(shape, Tensors.options(ScalarType.Double))
                .normal_(0, 1, Tensors.optional(new Seed(seed).generator()));
    }

    private static Tensor set(Tensor free, boolean to, int... places) {
        Tensor changed = free.clone();
        Tensor index = Tensors.longs(Arrays.stream(places).asLongStream().toArray());
        return changed.index_fill_(0, index, scalar(to ? 1 : 0));
    }

    /** H + diag(d) over the free rows and columns, solved as it stands. */
    private static Tensor direct(Tensor k, Tensor s, Tensor d, Tensor free, Tensor right) {
        Tensor h = k.mul(s.unsqueeze(0)).mul(s.unsqueeze(1)).add(torch.diag(d));
        Tensor mask = free.to(ScalarType.Double);
        Tensor held = torch.diag(plus(mask.neg(), 1)); // a one for each that is held
        Tensor matrix = h.mul(mask.unsqueeze(0)).mul(mask.unsqueeze(1)).add(held);
        return torch.linalg_solve(matrix, right.mul(mask).unsqueeze(1)).squeeze(1);
    }

    @ParameterizedTest(name = "{0} came, {1} went, float32 {2}")
    @CsvSource({"0, 0, false", "3, 0, false", "0, 4, false", "2, 2, false", "2, 2, true", "0, 0, true"})
    void aBorderedFactorSolvesAsANewOneWould(int came, int went, boolean single) {
        try (var scope = Scope.open()) {
            Tensor x = drawn(1, SIZE, 3);
            Tensor k = Kernel.gram(x, x, 0.8);
            Tensor s = plus(drawn(2, SIZE).abs(), 0.5).mul(drawn(3, SIZE).sign());
            Tensor d = plus(drawn(4, SIZE).abs(), 0.1);
            Tensor right = drawn(5, SIZE);
            Gram.Dense form = single ? new Gram.Dense(k, s).single() : new Gram.Dense(k, s);
            Tensor before = set(all(true), false, 0, 1, 2, 3, 4, 5, 6, 7);
            FreeBlock block = FreeBlock.of(form, before, d);
            Tensor now = set(
                    before, true, IntStream.range(0, came).map(i -> 7 - 2 * i).toArray());
            now = set(now, false, IntStream.range(0, went).map(i -> 20 + 3 * i).toArray());
            assertThat(block.serves(now)).isTrue();
            double tolerance = single ? 1e-4 : 1e-11;
            assertTensor(block.over(now).solve(right)).isCloseTo(direct(k, s, d, now, right), tolerance, tolerance);
            assertThat(block.serves(all(false))).isFalse();
        }
    }

    @Test
    void aFewEntriesGiveTheirPartOfTheProduct() {
        try (var scope = Scope.open()) {
            Tensor x = drawn(1, SIZE, 3);
            var form = new Gram.Dense(Kernel.gram(x, x, 0.8), drawn(2, SIZE));
            Tensor places = Tensors.longs(new long[] {3, 9});
            Tensor few = doubles(new double[] {2, -1});
            Tensor v = torch.zeros(new long[] {SIZE}, Tensors.options(ScalarType.Double))
                    .index_copy(0, places, few);
            assertTensor(form.times(places, few)).isCloseTo(form.times(v), 1e-12, 1e-12);
        }
    }
}
