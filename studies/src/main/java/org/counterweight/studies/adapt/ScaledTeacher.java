package org.counterweight.studies.adapt;

import static org.bytedeco.pytorch.global.torch.empty;
import static org.bytedeco.pytorch.global.torch.mm;
import static org.counterweight.engine.Tensors.norm2;
import static org.counterweight.engine.Tensors.optional;
import static org.counterweight.engine.Tensors.plus;

import org.bytedeco.pytorch.Generator;
import org.bytedeco.pytorch.Tensor;

/**
 * A weight and what it is to become: W* = diag(ρ) (W + u v^T) diag(γ), with ρ or γ left out as the scaling says.
 *
 * @param base W, {@code [n, n]}, normal of variance 1 / n
 * @param target W*, of the same shape
 */
record ScaledTeacher(Tensor base, Tensor target) {
    /** What is scaled; the word names the target in tables. */
    enum Scaling {
        ROWS,
        COLUMNS,
        BOTH;

        /** {@code columns}. */
        String word() {
            return name().toLowerCase(java.util.Locale.ROOT);
        }
    }

    private static final double DEVIATION = 0.4;

    /** Draws W, u and v of length about 1.4 each, ρ and γ normal around 1 with deviation 0.4. */
    static ScaledTeacher of(long n, Scaling scaling, Generator random) {
        Tensor base = normal(random, 1 / Math.sqrt(n), n, n);
        Tensor u = normal(random, Math.sqrt(2.0 / n), n, 1);
        Tensor v = normal(random, Math.sqrt(2.0 / n), 1, n);
        Tensor target = base.add(mm(u, v));
        if (scaling != Scaling.COLUMNS) {
            target = target.mul(plus(normal(random, DEVIATION, n, 1), 1));
        }
        if (scaling != Scaling.ROWS) {
            target = target.mul(plus(normal(random, DEVIATION, 1, n), 1));
        }
        return new ScaledTeacher(base, target);
    }

    private static Tensor normal(Generator random, double deviation, long... shape) {
        return empty(shape).normal_(0, deviation, optional(random));
    }

    /** ‖W' − W*‖ / ‖W − W*‖: 1 for the base, 0 for the target. */
    double distance(Tensor weight) {
        return length(weight.sub(target)) / length(base.sub(target));
    }

    /** y = x W*^T. */
    Tensor answers(Tensor x) {
        return mm(x, target.t());
    }

    private static double length(Tensor matrix) {
        return norm2(matrix, false, 0, 1).item_double();
    }
}
