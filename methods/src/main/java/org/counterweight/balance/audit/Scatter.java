package org.counterweight.balance.audit;

import static org.bytedeco.pytorch.global.torch.matmul;
import static org.counterweight.engine.Tensors.scalar;
import static org.counterweight.engine.Tensors.sum;

import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.config.ConfigException;
import org.counterweight.engine.Tensors;

/**
 * How features scatter within classes and between them.
 *
 * @param means μ_c, {@code float64 [C, D]}
 * @param within S_W = Σ_c Σ_i (h_i − μ_c)(h_i − μ_c)^T, {@code [D, D]}
 * @param between S_B = Σ_c n_c (μ_c − μ)(μ_c − μ)^T with μ the mean of all rows, {@code [D, D]}
 * @param spectrum the eigenvalues of S_W, {@code [D]}
 */
record Scatter(Tensor means, Tensor within, Tensor between, Tensor spectrum) {
    private static final double SINGULAR = 1e-14; // of the largest eigenvalue: below it float64 has no digits left

    /**
     * @param features {@code float64 [N, D]}
     * @param labels {@code int64 [N]}; a class without rows is refused
     */
    static Scatter of(Tensor features, Tensor labels, long classes) {
        Tensor counts = torch.bincount(labels, new TensorOptional(), classes).to(ScalarType.Double);
        if (counts.min().item_double() == 0) {
            long empty = counts.argmin().item_long();
            throw new ConfigException("class " + empty + " has no rows to measure its features on; add some, or leave"
                    + " the class out");
        }
        Tensor each = counts.unsqueeze(1);
        Tensor means = torch.zeros(new long[] {classes, features.size(1)}, Tensors.options(features))
                .index_add_(0, labels, features)
                .div_(each);
        Tensor centred = features.sub(means.index_select(0, labels));
        Tensor all = sum(means.mul(each), true, 0).div_(counts.sum());
        Tensor apart = means.sub(all);
        Tensor within = matmul(centred.t(), centred);
        return new Scatter(means, within, matmul(apart.t(), apart.mul(each)), torch.linalg_eigvalsh(within));
    }

    /** tr(S_W^(−1) S_B) by an LU solve; NaN where S_W has no inverse. */
    double discriminantRatio() {
        return rank(SINGULAR) < within.size(0)
                ? Double.NaN
                : torch.linalg_solve(within, between).trace().item_double();
    }

    /** The number of eigenvalues of S_W above {@code rcond} times the largest. */
    long rank(double rcond) {
        Tensor values = spectrum;
        return values.gt(values.max().mul(scalar(rcond))).sum().item_long();
    }

    /** The same with the pseudo-inverse of S_W, whose eigenvalues up to {@code rcond} times the largest count as 0. */
    double discriminantRatio(double rcond) {
        var eigen = torch.linalg_eigh(within);
        Tensor values = eigen.get0();
        Tensor kept = values.gt(values.max().mul(scalar(rcond)));
        Tensor inverse = torch.where(kept, values.reciprocal(), torch.zeros_like(values));
        Tensor vectors = eigen.get1();
        return sum(matmul(vectors.t(), between).mul(vectors.t()), false, 1)
                .mul(inverse)
                .sum()
                .item_double();
    }
}
