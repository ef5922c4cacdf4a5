package org.counterweight.shift.doubleweighting;

import static org.counterweight.engine.Tensors.plus;

import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Tensors;
import org.counterweight.shift.solve.Cholesky;
import org.counterweight.shift.solve.Programme.Factor;

/** A positive semidefinite matrix over rows, as the quadratic form of {@link WeightProgramme} needs it. */
sealed interface Gram {
    /** K v. */
    Tensor times(Tensor v);

    /** Rows and columns of some rows. */
    Gram part(long from, long to);

    /** diag(s) K diag(s), of {@code [N]}. */
    Gram scaled(Tensor s);

    /**
     * Factorises K + diag(d) + Σ_j b_j b_jᵀ.
     *
     * @param d {@code [N]}, positive
     * @param b {@code [N, j]}
     */
    Factor factor(Tensor d, Tensor b);

    /**
     * All entries in memory: diag(s) K diag(s), of which the diagonal may be changed without a copy of K.
     *
     * @param k {@code [N, N]}, float64 or float32; what goes in and comes out is float64
     * @param s {@code [N]}, not 0
     */
    record Dense(Tensor k, Tensor s) implements Gram {
        Dense(Tensor k) {
            this(k, torch.ones(new long[] {k.size(0)}, Tensors.options(ScalarType.Double)));
        }

        /** The same in float32: products in half the time, to seven digits. */
        Dense single() {
            return new Dense(k.to(ScalarType.Float), s);
        }

        /** The mean of the diagonal. */
        double diagonalMean() {
            return k.diagonal().dot(s.square().to(k.scalar_type())).item_double() / k.size(0);
        }

        @Override
        public Tensor times(Tensor v) {
            return s.mul(k.mv(s.mul(v).to(k.scalar_type())).to(ScalarType.Double));
        }

        /**
         * What a few entries of v make of the product, without a look at the other columns.
         *
         * @param places {@code int64 [f]}
         * @param v {@code [f]}
         */
        Tensor times(Tensor places, Tensor v) {
            Tensor rows = k.index_select(0, places); // K is symmetric, and rows lie together
            Tensor scaled = s.index_select(0, places).mul(v).to(k.scalar_type());
            return s.mul(rows.t().mv(scaled).to(ScalarType.Double));
        }

        @Override
        public Gram part(long from, long to) {
            return new Dense(
                    Tensors.slice(Tensors.slice(k, 0, from, to), 1, from, to).contiguous(),
                    Tensors.slice(s, 0, from, to));
        }

        @Override
        public Gram scaled(Tensor more) {
            return new Dense(k, s.mul(more));
        }

        @Override
        public Factor factor(Tensor d, Tensor b) {
            Tensor matrix = torch.addmm(k.mul(s.unsqueeze(0)).mul_(s.unsqueeze(1)), b, b.t());
            matrix.diagonal().add_(d);
            return Cholesky.of(matrix);
        }
    }

    /** K = Z Zᵀ with few columns; a Newton step costs N r² and not N³, and no second Z is held. */
    final class Thin implements Gram {
        private static final double LEAST = 1e-13; // of the mean size of a row, below which rounding rules
        private static final long BLOCK = 1 << 13; // rows at a time

        private final Tensor z;
        private final Tensor squares; // Σ z² of each row
        private final Tensor s;

        Thin(Tensor z) {
            this(
                    z,
                    Tensors.norm2(z, false, 1).square(),
                    torch.ones(new long[] {z.size(0)}, Tensors.options(ScalarType.Double)));
        }

        /** diag(s) Z Zᵀ diag(s). */
        private Thin(Tensor z, Tensor squares, Tensor s) {
            this.z = z;
            this.squares = squares;
            this.s = s;
        }

        @Override
        public Tensor times(Tensor v) {
            return s.mul(z.mv(across(v)));
        }

        /** Zᵀ diag(s) v. */
        private Tensor across(Tensor v) {
            return z.t().mv(s.mul(v));
        }

        @Override
        public Gram part(long from, long to) {
            return new Thin(
                    Tensors.slice(z, 0, from, to), Tensors.slice(squares, 0, from, to), Tensors.slice(s, 0, from, to));
        }

        @Override
        public Gram scaled(Tensor more) {
            return new Thin(z, squares, s.mul(more));
        }

        /** By Woodbury's identity: (D + G Gᵀ)⁻¹ = D⁻¹ − D⁻¹ G (I + Gᵀ D⁻¹ G)⁻¹ Gᵀ D⁻¹, G = (diag(s) Z, B). */
        @Override
        public Factor factor(Tensor d, Tensor b) {
            double size =
                    s.square().dot(squares).item_double() + b.square().sum().item_double();
            Tensor diagonal = plus(d, LEAST * size / z.size(0));
            Factor inner = Cholesky.of(small(diagonal.rsqrt(), b));
            return right -> {
                Tensor first = right.div(diagonal);
                Tensor u = inner.solve(torch.cat(new TensorVector(across(first), b.t().mv(first)), 0));
                Tensor back = s.mul(z.mv(Tensors.slice(u, 0, 0, z.size(1))))
                        .add(b.mv(Tensors.slice(u, 0, z.size(1), u.numel())));
                return first.sub(back.div(diagonal));
            };
        }

        /** I + Gᵀ D⁻¹ G, of the roots of D⁻¹. */
        private Tensor small(Tensor roots, Tensor b) {
            Tensor small = torch.eye(z.size(1) + b.size(1), Tensors.options(ScalarType.Double));
            Tensor each = s.mul(roots);
            for (long from = 0; from < z.size(0); from += BLOCK) {
                try (var scope = Scope.open()) {
                    long to = Math.min(z.size(0), from + BLOCK);
                    Tensor ofZ = Tensors.slice(z, 0, from, to)
                            .mul(Tensors.slice(each, 0, from, to).unsqueeze(1));
                    Tensor ofB = Tensors.slice(b, 0, from, to)
                            .mul(Tensors.slice(roots, 0, from, to).unsqueeze(1));
                    Tensor g = torch.cat(new TensorVector(ofZ, ofB), 1);
                    small.addmm_(g.t(), g);
                }
            }
            return small;
        }
    }
}
