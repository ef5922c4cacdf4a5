package org.counterweight.merge.extract;

import static org.bytedeco.pytorch.global.torch.linalg_eigh;
import static org.bytedeco.pytorch.global.torch.matmul;

import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Tensors;

/**
 * The product B A of low rank that is nearest to a matrix: its largest singular triplets, D ≈ U S Vᵀ with B = U √S and A = √S Vᵀ.
 * They are found from the eigenvectors of D Dᵀ or Dᵀ D, whichever is smaller, in float64: singular values below 1e-7 of the largest
 * are lost in its rounding, and are left out.
 *
 * <p>C. Eckart and G. Young, "The approximation of one matrix by another of lower rank", 1936.
 *
 * @param a A, {@code [rank, in]}, float32
 * @param b B, {@code [out, rank]}, float32
 * @param energy the share of ‖D‖² that B A has
 */
public record LowRankFit(Tensor a, Tensor b, double energy) {
    private static final double NOISE = 1e-14; // of the largest square

    /** How much is kept: at most so many triplets, and no more than hold this share of ‖D‖². */
    public record Budget(int rank, double energy) {}

    /**
     * Of {@code delta}, {@code [out, in]}. The result belongs to the open scope.
     *
     * @return of rank 0 if the matrix is zero
     */
    public static LowRankFit of(Tensor delta, Budget budget) {
        try (var scope = Scope.open();
                var off = Tensors.noGrad()) {
            Tensor d = delta.to(ScalarType.Double);
            boolean isWide = d.size(0) <= d.size(1);
            Tensor gram = isWide ? matmul(d, d.t()) : matmul(d.t(), d);
            var found = linalg_eigh(gram);
            Tensor squares = new Tensor(found.get0()).flip(0); // ascending before
            Tensor vectors = new Tensor(found.get1()).flip(1);
            double[] values = Tensors.toDoubles(squares);
            int rank = rank(values, budget);
            Tensor roots = Tensors.slice(squares, 0, 0, rank).pow(Tensors.scalar(0.25)); // √s
            Tensor kept = Tensors.slice(vectors, 1, 0, rank);
            Tensor near = kept.mul(roots); // U √S, or V √S
            Tensor far = isWide
                    ? matmul(kept.t(), d).div(roots.unsqueeze(1)) // S Vᵀ / √S
                    : matmul(d, kept).div(roots);
            Tensor a = isWide ? far : near.t();
            Tensor b = isWide ? near : far;
            return new LowRankFit(
                    scope.keep(a.to(ScalarType.Float).contiguous()),
                    scope.keep(b.to(ScalarType.Float).contiguous()),
                    energy(values, rank));
        }
    }

    private static int rank(double[] squares, Budget budget) {
        double total = sum(squares, squares.length);
        double so = 0;
        int rank = 0;
        while (rank < Math.min(budget.rank(), squares.length)
                && squares[rank] > NOISE * squares[0]
                && so < budget.energy() * total) {
            so += squares[rank++];
        }
        return rank;
    }

    private static double energy(double[] squares, int rank) {
        double total = sum(squares, squares.length);
        return total == 0 ? 1 : sum(squares, rank) / total;
    }

    private static double sum(double[] squares, int count) {
        double sum = 0;
        for (int i = 0; i < count; i++) {
            sum += Math.max(0, squares[i]);
        }
        return sum;
    }
}
