package org.counterweight.adapt.sorsa;

import static org.counterweight.engine.Tensors.sum;

import org.bytedeco.pytorch.Tensor;
import org.counterweight.adapt.lowrank.Triplets;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Tensors;

/**
 * How training moved a weight, seen through its singular values and vectors.
 *
 * <p>Y. Cao and Z. Song, SORSA, section 3, after S. Liu et al., DoRA, section 3.2.
 *
 * @param values Δσ: the mean change of a singular value, without sign
 * @param directions ΔD: one less the mean cosine (without sign) of each singular vector with its counterpart; in [0, 1]
 * @param condition the greatest singular value of the new weight over its least
 */
public record SpectralShift(double values, double directions, double condition) {

    /** Between two weights of one shape; needs both full decompositions. */
    public static SpectralShift between(String module, Tensor before, Tensor after) {
        try (var scope = Scope.open();
                var off = Tensors.noGrad()) {
            Triplets old = Triplets.of(module, before);
            Triplets now = Triplets.of(module, after);
            double values = now.s().sub(old.s()).abs().mean().item_double();
            Tensor left = sum(old.u().mul(now.u()), false, 0).abs();
            Tensor right = sum(old.v().mul(now.v()), false, 1).abs();
            double cosine = left.add(right).mean().item_double() / 2;
            double[] s = Tensors.toDoubles(now.s());
            return new SpectralShift(values, 1 - cosine, s[0] / s[s.length - 1]);
        }
    }
}
