package org.counterweight.adapt.lowrank;

import static org.bytedeco.pytorch.global.torch.cat;
import static org.bytedeco.pytorch.global.torch.index_copy;
import static org.bytedeco.pytorch.global.torch.index_select;
import static org.bytedeco.pytorch.global.torch.mm;
import static org.bytedeco.pytorch.global.torch.mv;
import static org.counterweight.engine.Tensors.as;
import static org.counterweight.engine.Tensors.scalar;
import static org.counterweight.engine.Tensors.slice;
import static org.counterweight.engine.Tensors.sum;
import static org.counterweight.engine.Tensors.times;

import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.counterweight.engine.Scope;
import org.jspecify.annotations.Nullable;

/**
 * Row norms of V = W + s B A from thin products, so that no matrix of V's size is ever built:
 *
 * <pre>‖V_i‖² = ‖W_i‖² + 2 s (W A^T)_i · B_i + s² B_i (A A^T) B_i^T</pre>
 *
 * <p>With weights g on the columns, Σ_j g_j V_ij², the same with A^T scaled by g. For column norms pass everything
 * transposed. Blocks of W's rows are squared or widened one at a time, each small enough for the cache.
 */
public final class Norms {
    private static final long BLOCK = 1 << 17; // elements: half a megabyte in float32

    /**
     * Below this part of ‖W_i‖² the sum has lost too many digits to cancellation, and the row is computed directly. The
     * relative error of what is kept is at most a hundred roundings.
     */
    private static final double CANCELLED = 1e-2;

    private Norms() {}

    /**
     * Σ_j g_j V_ij² of each row, {@code [p]}.
     *
     * @param w W, {@code [p, q]}
     * @param squares Σ_j g_j W_ij², {@code [p]}
     * @param a A, {@code [r, q]}
     * @param b B, {@code [p, r]}
     * @param g {@code [q]}, not negative; null for all 1
     */
    public static Tensor squares(Tensor w, Tensor squares, Tensor a, Tensor b, double scale, @Nullable Tensor g) {
        Tensor weighted = g == null ? a : a.mul(g);
        Tensor cross = product(w, weighted); // W A^T, [p, r]
        Tensor own = mm(b, mm(a, weighted.t())); // B (A A^T), [p, r]
        Tensor thin = times(cross, 2 * scale).add(own, scalar(scale * scale)).mul(b);
        Tensor all = squares.add(sum(thin, false, 1));
        Tensor cancelled = all.lt(times(squares, CANCELLED)).nonzero().view(-1);
        if (cancelled.numel() == 0) {
            return all;
        }
        Tensor rows = as(index_select(w, 0, cancelled), a)
                .add(mm(index_select(b, 0, cancelled), a), scalar(scale))
                .square();
        return index_copy(all, 0, cancelled, g == null ? sum(rows, false, 1) : mv(rows, g));
    }

    /** Norms from squares, at least eps; where that holds them up their gradient is 0. */
    public static Tensor root(Tensor squares, double eps) {
        return squares.clamp_min(scalar(eps * eps)).sqrt();
    }

    /** Σ_j g_j W_ij² of each row, {@code [p]}, in g's type, or without g in at least float32. */
    public static Tensor ofBase(Tensor w, @Nullable Tensor g) {
        var parts = new TensorVector();
        for (long from = 0, rows = rows(w); from < w.size(0); from += rows) {
            try (var scope = Scope.open()) { // or the squares of all blocks would live until the caller's scope closes
                Tensor block = slice(w, 0, from, Math.min(w.size(0), from + rows));
                parts.push_back(
                        g == null
                                ? sum(wide(block).square(), false, 1)
                                : mv(as(block, g).square(), g));
            }
        }
        return cat(parts, 0);
    }

    /** W A^T in A's type: in one product where W has it, else widening blocks of W's rows. */
    private static Tensor product(Tensor w, Tensor a) {
        if (w.scalar_type().intern() == a.scalar_type().intern()) {
            return mm(w, a.t());
        }
        var parts = new TensorVector();
        for (long from = 0, rows = rows(w); from < w.size(0); from += rows) {
            try (var scope = Scope.open()) {
                parts.push_back(mm(as(slice(w, 0, from, Math.min(w.size(0), from + rows)), a), a.t()));
            }
        }
        return cat(parts, 0);
    }

    private static long rows(Tensor w) {
        return Math.max(1, BLOCK / w.size(1));
    }

    private static Tensor wide(Tensor w) {
        return w.to(LowRank.wide(w));
    }
}
