package org.counterweight.balance.audit;

import static org.bytedeco.pytorch.global.torch.matmul;
import static org.counterweight.engine.Tensors.norm2;
import static org.counterweight.engine.Tensors.scalar;

import java.util.Arrays;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Tensors;

/**
 * Cosines of all pairs of feature vectors, of one class and of two: in how narrow a cone they lie. What the code of
 * Hasegawa and Sato (ICLR 2024) calls intra is {@code cross} here, its inner is {@code same}.
 *
 * <p>Found from sums alone, without a table of all pairs: with unit vectors u_i, Σ cos over pairs of a class is ||Σ u_i||²
 * less the vectors themselves, and Σ cos² is ||U^T U||² (Frobenius) less as much.
 *
 * @param zeros vectors of length 0, which have no direction and are left out
 * @param sameMean and {@code sameVariance}: of pairs of one class; NaN where no class has two vectors
 * @param crossMean and {@code crossVariance}: of pairs of two classes
 */
public record Cosines(
        long zeros, double allMean, double sameMean, double sameVariance, double crossMean, double crossVariance) {

    /** Sums over the ordered pairs of some vectors. */
    private record Sums(double count, double cosines, double squares) {
        static Sums of(Tensor units) {
            double n = units.size(0);
            Tensor sum = Tensors.sum(units, false, 0);
            Tensor gram = matmul(units.t(), units);
            return new Sums(
                    n * n - n,
                    sum.square().sum().item_double() - n,
                    gram.square().sum().item_double() - n);
        }

        Sums plus(Sums other) {
            return new Sums(count + other.count, cosines + other.cosines, squares + other.squares);
        }

        Sums minus(Sums other) {
            return new Sums(count - other.count, cosines - other.cosines, squares - other.squares);
        }

        double mean() {
            return cosines / count;
        }

        double variance() {
            return Math.max(0, squares / count - mean() * mean()); // rounding can fall below
        }
    }

    /**
     * @param features {@code float64 [N, D]}
     * @param labels {@code int64 [N]}
     */
    static Cosines of(Tensor features, Tensor labels, long classes) {
        try (var scope = Scope.open()) {
            Tensor norms = norm2(features, true, 1);
            Tensor places = norms.squeeze(1).ne(scalar(0)).nonzero().squeeze(1);
            Tensor kept = labels.index_select(0, places);
            Tensor order = kept.argsort(true, 0, false);
            Tensor sorted = places.index_select(0, order); // class by class, so that each is one slice
            Tensor units = features.index_select(0, sorted).div(norms.index_select(0, sorted));
            long[] sizes = Tensors.toLongs(torch.bincount(kept, new TensorOptional(), classes));
            Sums same = new Sums(0, 0, 0);
            long from = 0;
            for (long size : sizes) {
                try (var inner = Scope.open()) {
                    same = size == 0 ? same : same.plus(Sums.of(Tensors.slice(units, 0, from, from + size)));
                }
                from += size;
            }
            Sums all = Sums.of(units);
            Sums cross = all.minus(same);
            return new Cosines(
                    features.size(0) - Arrays.stream(sizes).sum(),
                    all.mean(),
                    same.mean(),
                    same.variance(),
                    cross.mean(),
                    cross.variance());
        }
    }
}
