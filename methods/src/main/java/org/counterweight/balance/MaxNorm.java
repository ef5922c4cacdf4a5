package org.counterweight.balance;

import static org.counterweight.engine.Tensors.scalar;

import org.bytedeco.pytorch.Tensor;
import org.counterweight.config.ConfigException;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Tensors;

/**
 * Rows inside a ball: W_c ← W_c min(1, δ / ||W_c||_p). Directions stay, no norm grows, and a row of zeros is left alone.
 *
 * <p>S. Alshammari et al., "Long-Tailed Recognition via Weight Balancing", CVPR 2022, section 3.2.
 *
 * @param radius δ, above 0
 */
public record MaxNorm(double radius, double p) {
    public MaxNorm {
        if (!(radius > 0 && Double.isFinite(radius))) {
            throw new ConfigException("max_norm.radius", radius, "a number above 0");
        }
        if (!(p >= 1)) {
            throw new ConfigException("max_norm.p", p, "a number of at least 1 (2 is usual)");
        }
    }

    /**
     * With δ = min_c ||W_c|| + f (max_c ||W_c|| − min_c ||W_c||), the official code's relative radius.
     *
     * @param reference W, {@code [C, D]}: the head that the second stage starts with
     * @param fraction f, in [0, 1]
     */
    public static MaxNorm relative(Tensor reference, double fraction, double p) {
        try (var scope = Scope.open();
                var off = Tensors.noGrad()) {
            Tensor norms = RowNorms.of(reference, p);
            double least = norms.min().item_double();
            return new MaxNorm(least + fraction * (norms.max().item_double() - least), p);
        }
    }

    /** {@code [C, D] -> [C, D]}. */
    public Tensor project(Tensor weight) {
        return weight.mul(
                RowNorms.of(weight, p).reciprocal().mul_(scalar(radius)).clamp_max_(scalar(1)));
    }

    /**
     * Projects the rows in place.
     *
     * @return which of them it shortened, {@code bool [C]}
     */
    public Tensor projectInPlace(Tensor weight) {
        try (var scope = Scope.open();
                var off = Tensors.noGrad()) {
            Tensor outside = RowNorms.of(weight, p).gt(scalar(radius)).squeeze(1);
            weight.copy_(project(weight));
            return scope.keep(outside);
        }
    }
}
