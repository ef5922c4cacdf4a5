package org.counterweight.shift.solve;

import static org.counterweight.engine.Tensors.scalar;

import org.bytedeco.pytorch.T_TensorTensor_T;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * The factor of a symmetric positive definite matrix L Lᵀ.
 *
 * @param lower L, {@code [n, n]}
 */
public record Cholesky(Tensor lower) implements Programme.Factor {
    private static final double FIRST_SHIFT = 1e-15;
    private static final double LAST_SHIFT = 1e-4;

    /**
     * Factorises {@code matrix}, {@code [n, n]}. One that rounding has made indefinite gets the smallest shift of its diagonal
     * that mends it: {@link InteriorPoint} refines what is solved with it against the matrix as it is.
     *
     * @throws ArithmeticException if no small shift helps, as with numbers that are not finite
     */
    public static Cholesky of(Tensor matrix) {
        double shift = 0;
        while (shift <= LAST_SHIFT) {
            Tensor shifted = shift == 0 ? matrix : shifted(matrix, shift);
            T_TensorTensor_T found = torch.linalg_cholesky_ex(shifted.t()); // lies as LAPACK wants it: copied as it is
            if (found.get1().item_int() == 0) {
                return new Cholesky(new Tensor(found.get0()));
            }
            shift = shift == 0 ? FIRST_SHIFT : 10 * shift;
        }
        throw new ArithmeticException("a Newton step cannot be solved: its matrix is not positive definite");
    }

    @Override
    public Tensor solve(Tensor right) {
        return backward(forward(right.unsqueeze(1))).squeeze(1); // cholesky_solve would copy the factor each time
    }

    /** L⁻¹ B, {@code [n, k]}. */
    public Tensor forward(Tensor b) {
        return torch.linalg_solve_triangular(lower, b, false);
    }

    /** L⁻ᵀ B, {@code [n, k]}. */
    public Tensor backward(Tensor b) {
        return torch.linalg_solve_triangular(lower.t(), b, true);
    }

    private static Tensor shifted(Tensor matrix, double shift) {
        Tensor copy = matrix.clone();
        Tensor diagonal = copy.diagonal();
        diagonal.add_(diagonal.abs().add(scalar(Double.MIN_NORMAL)), scalar(shift));
        diagonal.add_(diagonal.abs().max(), scalar(0.01 * shift)); // for rows that are all but zero
        return copy;
    }
}
