package org.counterweight.guide.figure;

import static org.bytedeco.pytorch.global.torch.matmul;

import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.counterweight.engine.Tensors;

/** Figures of samples by their features, {@code [n, d]} each, float64. */
public final class SampleFigures {
    private SampleFigures() {}

    /**
     * The Fréchet distance of Gaussians with the moments of both, {@code |mx - my|^2 + tr(Sx + Sy - 2 (Sx Sy)^(1/2))}, with
     * unbiased covariances: M. Heusel et al., NeurIPS 2017. The root's trace is that of {@code (Sx^(1/2) Sy Sx^(1/2))^(1/2)},
     * which is symmetric.
     */
    public static double frechet(Tensor x, Tensor y) {
        Tensor shift = Tensors.mean(x, false, 0).sub(Tensors.mean(y, false, 0));
        Tensor sx = covariance(x);
        Tensor sy = covariance(y);
        Tensor root = root(sx);
        Tensor product = torch.linalg_eigvalsh(matmul(matmul(root, sy), root))
                .clamp_min(Tensors.scalar(0))
                .sqrt();
        return shift.mul(shift).sum().item_double()
                + sx.trace().item_double()
                + sy.trace().item_double()
                - 2 * product.sum().item_double();
    }

    private static Tensor covariance(Tensor x) {
        Tensor centred = x.sub(Tensors.mean(x, true, 0));
        return Tensors.times(matmul(centred.t(), centred), 1.0 / (x.size(0) - 1));
    }

    private static Tensor root(Tensor symmetric) {
        var found = torch.linalg_eigh(symmetric);
        Tensor values = new Tensor(found.get0()).clamp_min(Tensors.scalar(0)).sqrt();
        Tensor vectors = new Tensor(found.get1());
        return matmul(vectors.mul(values.unsqueeze(0)), vectors.t());
    }

    /** One less the mean cosine of all pairs. Linear in their number: the sum over pairs comes from the sum of unit rows. */
    public static double diversityByCosine(Tensor x) {
        long n = x.size(0);
        Tensor unit = x.div(Tensors.norm2(x, true, 1).clamp_min(Tensors.scalar(1e-300)));
        Tensor sum = Tensors.sum(unit, false, 0);
        double own = unit.mul(unit).sum().item_double();
        double pairs = (sum.mul(sum).sum().item_double() - own) / (n * (n - 1.0));
        return 1 - pairs;
    }

    /** The mean over the features of their unbiased deviations. */
    public static double diversityByDeviation(Tensor x) {
        Tensor centred = x.sub(Tensors.mean(x, true, 0));
        return Tensors.times(Tensors.sum(centred.mul(centred), false, 0), 1.0 / (x.size(0) - 1))
                .sqrt()
                .mean()
                .item_double();
    }
}
