package org.counterweight.shift.doubleweighting.minimax;

import static org.counterweight.engine.Tensors.scalar;
import static org.counterweight.engine.Tensors.slice;
import static org.counterweight.engine.Tensors.times;

import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/**
 * λᵀ |μ| as λᵀ e with e ± μ ≥ 0, for those μ whose λ is positive; the others are free, since an absolute value without a price
 * has no largest multiplier. Vectors over variables begin with μ {@code [m]} and e {@code [p]}.
 */
final class Penalty {
    private final Tensor index; // of the penalised among μ
    private final Tensor rates;

    Penalty(Tensor lambda) {
        index = lambda.gt(scalar(0)).nonzero().squeeze(1);
        rates = lambda.index_select(0, index);
    }

    /** p. */
    long size() {
        return index.numel();
    }

    long constraints() {
        return 2 * size();
    }

    /** λ of the penalised, {@code [p]}. */
    Tensor rates() {
        return rates;
    }

    private Tensor absolute(Tensor x) {
        return slice(x, 0, x.numel() - size(), x.numel());
    }

    /** (e + μ, e − μ) of {@code [m + p]}. */
    Tensor along(Tensor x) {
        Tensor mu = x.index_select(0, index);
        Tensor e = absolute(x);
        return torch.cat(new TensorVector(e.add(mu), e.sub(mu)), 0);
    }

    /** The transposed of {@link #along}, {@code [m + p]}. */
    Tensor across(Tensor y, long width) {
        Tensor up = slice(y, 0, 0, size());
        Tensor down = slice(y, 0, size(), 2 * size());
        return torch.cat(new TensorVector(spread(up.sub(down), width), up.add(down)), 0);
    }

    private Tensor spread(Tensor values, long width) {
        return torch.zeros(new long[] {width}, values.options()).index_add(0, index, values);
    }

    /** The weights' form on (μ, e) with e eliminated. */
    Eliminated eliminated(Tensor weights, long width) {
        return new Eliminated(slice(weights, 0, 0, size()), slice(weights, 0, size(), 2 * size()), width);
    }

    /** One Newton matrix's part. */
    final class Eliminated {
        private final Tensor sum;
        private final Tensor difference;
        private final Tensor product;
        private final long width;

        private Eliminated(Tensor up, Tensor down, long width) {
            this.sum = up.add(down);
            this.difference = up.sub(down);
            this.product = up.mul(down);
            this.width = width;
        }

        /** What is left on the diagonal of μ, {@code [m]}. */
        Tensor diagonal() {
            return spread(times(product, 4).div(sum), width);
        }

        /** The right side of μ without e, from {@code [m + p]}. */
        Tensor right(Tensor right) {
            return slice(right, 0, 0, width)
                    .sub(spread(difference.mul(absolute(right)).div(sum), width));
        }

        /** (μ, e) from μ. */
        Tensor complete(Tensor mu, Tensor right) {
            Tensor e = absolute(right)
                    .sub(difference.mul(mu.index_select(0, index)))
                    .div(sum);
            return torch.cat(new TensorVector(mu, e), 0);
        }
    }
}
