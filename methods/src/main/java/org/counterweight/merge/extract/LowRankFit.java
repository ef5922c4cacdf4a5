package org.counterweight.merge.extract;

import static org.bytedeco.pytorch.global.torch.cat;
import static org.bytedeco.pytorch.global.torch.linalg_eigh;
import static org.bytedeco.pytorch.global.torch.matmul;

import java.util.ArrayList;
import java.util.function.Consumer;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Tensors;

/**
 * The product B A of low rank that is nearest to a matrix: its largest singular triplets, D ≈ U S Vᵀ with B = U √S and A = √S Vᵀ.
 * They are found from the eigenvectors of D Dᵀ or Dᵀ D, whichever is smaller, in float64: singular values below 1e-7 of the largest
 * are lost in its rounding, and are left out. Of a matrix with more rows than columns, as a vocabulary has, some rows at a time are in
 * memory; of another one, all.
 *
 * <p>C. Eckart and G. Young, "The approximation of one matrix by another of lower rank", 1936.
 *
 * @param a A, {@code [rank, in]}, float32
 * @param b B, {@code [out, rank]}, float32
 * @param energy the share of ‖D‖² that B A has
 * @param square ‖D‖²
 */
public record LowRankFit(Tensor a, Tensor b, double energy, double square) {
    private static final double NOISE = 1e-14; // of the largest square
    private static final long BLOCK = 1 << 21; // elements

    /** How much is kept: at most this many triplets, and no more than hold this share of ‖D‖². */
    public record Budget(int rank, double energy) {}

    /**
     * Of a matrix {@code [out, in]}. The result belongs to the open scope.
     *
     * @return of rank 0 if the matrix is zero
     */
    static LowRankFit of(Rows matrix, Budget budget) {
        try (var scope = Scope.open();
                var off = Tensors.noGrad()) {
            boolean isWide = matrix.count() <= matrix.width();
            Tensor wide = isWide ? matrix.rows(0, matrix.count()) : Tensors.zeros(0);
            var found = linalg_eigh(isWide ? matmul(wide, wide.t()) : gram(matrix));
            Tensor squares = new Tensor(found.get0()).flip(0); // ascending before
            double[] values = Tensors.toDoubles(squares);
            int rank = rank(values, budget);
            Tensor roots = Tensors.slice(squares, 0, 0, rank).pow(Tensors.scalar(0.25)); // √s
            Tensor kept = Tensors.slice(new Tensor(found.get1()).flip(1), 1, 0, rank);
            Tensor near = kept.mul(roots); // U √S, or V √S
            Tensor far = isWide
                    ? matmul(kept.t(), wide).div(roots.unsqueeze(1)) // S Vᵀ / √S
                    : times(matrix, kept.div(roots));
            Tensor a = isWide ? far : near.t();
            Tensor b = isWide ? near : far;
            return new LowRankFit(
                    scope.keep(a.to(ScalarType.Float).contiguous()),
                    scope.keep(b.to(ScalarType.Float).contiguous()),
                    energy(values, rank),
                    sum(values, values.length));
        }
    }

    /** That of Dᵀ, which is Aᵀ Bᵀ. */
    LowRankFit transposed() {
        return new LowRankFit(b.t().contiguous(), a.t().contiguous(), energy, square);
    }

    /** Dᵀ D. */
    private static Tensor gram(Rows matrix) {
        Tensor sum = Tensors.zeros(matrix.width(), matrix.width()).to(ScalarType.Double);
        inBlocks(matrix, block -> sum.addmm_(block.t(), block));
        return sum;
    }

    /** D X, {@code [out, rank]}. */
    private static Tensor times(Rows matrix, Tensor x) {
        var parts = new ArrayList<Tensor>();
        inBlocks(matrix, block -> parts.add(Scope.own(matmul(block, x))));
        Tensor product = cat(new TensorVector(parts.toArray(Tensor[]::new)), 0);
        parts.forEach(Tensor::close);
        return product;
    }

    private static void inBlocks(Rows matrix, Consumer<Tensor> each) {
        long rows = Math.max(1, BLOCK / Math.max(1, matrix.width()));
        for (long at = 0; at < matrix.count(); at += rows) {
            try (var scope = Scope.open()) {
                each.accept(matrix.rows(at, Math.min(matrix.count(), at + rows)));
            }
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
