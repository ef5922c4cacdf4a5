package org.counterweight.shift.doubleweighting;

import static org.bytedeco.pytorch.global.torch.cdist;
import static org.counterweight.engine.Tensors.scalar;
import static org.counterweight.engine.Tensors.slice;
import static org.counterweight.engine.Tensors.times;

import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;

/** The Gaussian kernel k(x, x') = exp(−‖x − x'‖² / (2σ²)). */
public final class Kernel {
    private static final long EXACT = 2; // distances by differences, not by products

    private Kernel() {}

    /** k of each row of {@code a} with each of {@code b}, {@code [n, t]}. */
    public static Tensor gram(Tensor a, Tensor b, double sigma) {
        Tensor distances = cdist(a, b, 2, new LongOptional(EXACT));
        return times(distances.square_(), -1 / (2 * sigma * sigma)).exp_();
    }

    /** Directions of random Fourier features: {@code [d, R]}, normal with variance 1/σ². */
    public static Tensor directions(long dimensions, double sigma, int pairs, Seed seed) {
        Tensor normal = torch.zeros(new long[] {dimensions, pairs}, Tensors.options(ScalarType.Double))
                .normal_(0, 1, Tensors.optional(seed.generator()));
        return times(normal, 1 / sigma);
    }

    /**
     * Random Fourier features √(1/R) (cos(x u), sin(x u)), {@code [n, 2R]}, whose products are k in the mean.
     *
     * <p>A. Rahimi and B. Recht, "Random Features for Large-Scale Kernel Machines", NeurIPS 2007.
     */
    public static Tensor fourier(Tensor x, Tensor directions) {
        long pairs = directions.size(1);
        try (var scope = Scope.open()) { // half again what is returned, and not three times as much
            Tensor features = x.new_empty(x.size(0), 2 * pairs);
            Tensor angles = x.matmul(directions);
            torch.cos_out(slice(features, 1, 0, pairs), angles);
            torch.sin_out(slice(features, 1, pairs, 2 * pairs), angles);
            return scope.keep(features.mul_(scalar(Math.sqrt(1.0 / pairs))));
        }
    }
}
