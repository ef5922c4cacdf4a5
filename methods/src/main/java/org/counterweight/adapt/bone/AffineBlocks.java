package org.counterweight.adapt.bone;

import static org.bytedeco.pytorch.global.torch.eye;
import static org.bytedeco.pytorch.global.torch.linalg_cond;
import static org.bytedeco.pytorch.global.torch.linalg_solve;
import static org.counterweight.engine.Tensors.as;
import static org.counterweight.engine.Tensors.options;
import static org.counterweight.engine.Tensors.toDoubles;

import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * I + D_a for each block D_a of bat and bat_row, by which a merge multiplies and its undoing divides.
 *
 * @param block D, {@code [blocks, r, r]}
 */
record AffineBlocks(Tensor block) {
    private static final Logger LOG = LoggerFactory.getLogger(Bone.class);
    private static final double ILL_CONDITIONED = 1e6;
    private static final double SINGULAR = 1e15; // the inverse of float64's rounding, nearly

    /** The condition number of each: {@code float64 [blocks]}; infinite where it is singular. */
    Tensor conditions() {
        return linalg_cond(affine().detach().to(ScalarType.Double));
    }

    /**
     * X with X_a (I + D_a) = rhs_a for every block a.
     *
     * @throws ArithmeticException if one is singular; it names the block
     */
    Tensor solved(Tensor rhs) {
        double[] conditions = toDoubles(conditions());
        for (int a = 0; a < conditions.length; a++) {
            if (!(conditions[a] < SINGULAR)) {
                throw new ArithmeticException("bone: I + D is singular in block " + a
                        + ", so the merge cannot be undone; keep the base weight instead");
            }
            if (conditions[a] > ILL_CONDITIONED) {
                LOG.warn(
                        "bone: I + D has condition number {} in block {}; the undone merge loses as many digits",
                        conditions[a],
                        a);
            }
        }
        return linalg_solve(as(affine(), rhs), rhs, false);
    }

    private Tensor affine() {
        return block.add(eye(block.size(1), options(block)));
    }
}
