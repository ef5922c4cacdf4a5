package org.counterweight.adapt.sorsa;

import static org.bytedeco.pytorch.global.torch.eye;
import static org.bytedeco.pytorch.global.torch.mm;
import static org.bytedeco.pytorch.global.torch.stack;
import static org.counterweight.engine.Tensors.norm2;
import static org.counterweight.engine.Tensors.options;

import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;

/**
 * How far matrices are from orthonormal rows, as one number with a gradient: over all matrices M of a model, the mean or
 * the sum of ‖M M^T − I‖ (Frobenius), or of its square.
 *
 * <p>The unsquared norm has no derivative where M is orthonormal, and next to it a gradient of length 2 in a direction that
 * is rounding noise; exactly there the gradient is 0. The squared one is smooth.
 */
public enum Orthonormality {
    /** Mean of the norms: the official codes of AdaLoRA and SORSA. */
    MEAN,
    /** Sum of the norms: SORSA's paper. */
    SUM,
    /** Mean of the squares. */
    SQUARED_MEAN,
    /** Sum of the squares: AdaLoRA's paper, equation 4. */
    SQUARED_SUM;

    /**
     * The number.
     *
     * @param matrices at least one, each {@code [r, n]} with rows that should be orthonormal; a matrix with such columns goes in transposed
     * @return a scalar; a matrix without rows counts 0
     */
    public Tensor of(List<Tensor> matrices) {
        var norms = new TensorVector();
        for (Tensor matrix : matrices) {
            norms.push_back(deviation(matrix));
        }
        Tensor all = stack(norms, 0);
        return switch (this) {
            case MEAN -> all.mean();
            case SUM -> all.sum();
            case SQUARED_MEAN -> all.square().mean();
            case SQUARED_SUM -> all.square().sum();
        };
    }

    /** ‖M M^T − I‖ of one matrix with rows that should be orthonormal. */
    public static Tensor deviation(Tensor matrix) {
        return norm2(mm(matrix, matrix.t()).sub(eye(matrix.size(0), options(matrix))), false, 0, 1);
    }
}
