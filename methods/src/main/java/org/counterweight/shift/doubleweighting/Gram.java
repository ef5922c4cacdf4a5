package org.counterweight.shift.doubleweighting;

import static org.counterweight.engine.Tensors.plus;
import static org.counterweight.engine.Tensors.scalar;

import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.engine.Tensors;
import org.counterweight.shift.solve.Cholesky;
import org.counterweight.shift.solve.Programme.Factor;

/** A positive semidefinite matrix over rows, as the quadratic form of {@link WeightProgramme} needs it. */
sealed interface Gram {
    /** K v. */
    Tensor times(Tensor v);

    /** Rows and columns of some rows. */
    Gram part(long from, long to);

    /**
     * Factorises diag(s) K diag(s) + diag(d) + Σ_j b_j b_jᵀ.
     *
     * @param s {@code [N]}
     * @param d {@code [N]}, positive
     * @param b {@code [N, j]}
     */
    Factor factor(Tensor s, Tensor d, Tensor b);

    /** All entries in memory. */
    record Dense(Tensor k) implements Gram {
        @Override
        public Tensor times(Tensor v) {
            return k.mv(v);
        }

        @Override
        public Gram part(long from, long to) {
            return new Dense(
                    Tensors.slice(Tensors.slice(k, 0, from, to), 1, from, to).contiguous());
        }

        @Override
        public Factor factor(Tensor s, Tensor d, Tensor b) {
            Tensor matrix = k.mul(s.unsqueeze(0)).mul_(s.unsqueeze(1));
            matrix.addmm_(b, b.t());
            matrix.diagonal().add_(d);
            return Cholesky.of(matrix);
        }
    }

    /** K = Z Zᵀ with few columns; a Newton step costs N r² and not N³. */
    record Thin(Tensor z) implements Gram {
        private static final double LEAST = 1e-13; // of the largest entry of d, below which rounding rules

        @Override
        public Tensor times(Tensor v) {
            return z.mv(z.t().mv(v));
        }

        @Override
        public Gram part(long from, long to) {
            return new Thin(Tensors.slice(z, 0, from, to));
        }

        /** By Woodbury's identity: (D + G Gᵀ)⁻¹ = D⁻¹ − D⁻¹ G (I + Gᵀ D⁻¹ G)⁻¹ Gᵀ D⁻¹. */
        @Override
        public Factor factor(Tensor s, Tensor d, Tensor b) {
            Tensor g = torch.cat(new TensorVector(z.mul(s.unsqueeze(1)), b), 1);
            Tensor diagonal = plus(d, LEAST * g.square().sum().item_double() / g.size(0));
            Tensor scaled = g.div(diagonal.unsqueeze(1)); // D⁻¹ G
            Tensor small = g.t().matmul(scaled);
            small.add_(torch.eye(small.size(0), Tensors.options(ScalarType.Double)), scalar(1));
            Factor inner = Cholesky.of(small);
            return right -> {
                Tensor first = right.div(diagonal);
                return first.sub(scaled.mv(inner.solve(g.t().mv(first))));
            };
        }
    }
}
