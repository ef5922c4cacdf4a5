package org.counterweight.shift.doubleweighting;

import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.engine.Tensors;
import org.counterweight.shift.solve.Cholesky;
import org.counterweight.shift.solve.Programme.Factor;

/**
 * The rows and columns of the free weights in H + diag(d), factorised once and used on while few weights become free or are held:
 * those that came and those that went border the factor by a column each, and a system of their number is solved beside it. For k
 * of them that costs f² k in the place of the f³ / 3 of another factorisation of f weights.
 *
 * <p>P. E. Gill, W. Murray, M. A. Saunders and M. H. Wright, "A Schur-Complement Method for Sparse Quadratic Programming",
 * 1990, section 3.
 */
final class FreeBlock {
    private static final int SHARE =
            6; // of the free weights, as a divisor: when more come and go a new factor is cheaper
    private static final int MOST =
            256; // that come and go: a solver of more equations wants more stack than a thread has

    private final Gram.Dense form;
    private final Tensor free; // bool [N]
    private final Tensor places; // int64 [f]
    private final Tensor diagonal; // d / s², [N]
    private final Cholesky factor; // of K + diag(d / s²) over the free rows and columns

    private FreeBlock(Gram.Dense form, Tensor free, Tensor places, Tensor diagonal, Cholesky factor) {
        this.form = form;
        this.free = free;
        this.places = places;
        this.diagonal = diagonal;
        this.factor = factor;
    }

    /**
     * Factorises.
     *
     * @param free which weights are, bool {@code [N]}
     * @param d {@code [N]}, positive
     * @throws ArithmeticException if it cannot be
     */
    static FreeBlock of(Gram.Dense form, Tensor free, Tensor d) {
        Tensor places = places(free);
        Tensor diagonal = d.div(form.s().square()).to(form.k().scalar_type());
        Tensor block = entries(form.k(), places, places);
        block.diagonal().add_(diagonal.index_select(0, places));
        return new FreeBlock(form, free, places, diagonal, Cholesky.of(block));
    }

    private static Tensor places(Tensor chosen) {
        return chosen.nonzero().squeeze(1);
    }

    private static Tensor entries(Tensor k, Tensor rows, Tensor columns) {
        return k.index_select(0, rows).index_select(1, columns);
    }

    /** Whether these free weights are nearly those that were factorised. */
    boolean serves(Tensor now) {
        return free.ne(now).sum().item_long() <= Math.min(MOST, places.numel() / SHARE);
    }

    /**
     * Solves for weights that are free now, from right sides {@code [N]} to solutions {@code [N]} that are 0 where weights are held.
     *
     * @param now which are free, bool {@code [N]}
     */
    Factor over(Tensor now) {
        Tensor came = places(now.logical_and(free.logical_not()));
        Tensor stayed = now.index_select(0, places);
        Tensor went = places(stayed.logical_not()); // among those factorised
        Tensor kept = stayed.to(form.k().scalar_type());
        return came.numel() + went.numel() == 0 ? right -> plain(right) : bordered(came, went, kept);
    }

    private Tensor plain(Tensor right) {
        Tensor solved = factor.solve(inward(right).index_select(0, places));
        return outward(torch.zeros_like(diagonal).index_copy(0, places, solved));
    }

    /** (K V; Vᵀ B) with V the columns of those that came and unit columns for those that went, whose solution is to be 0. */
    private Factor bordered(Tensor came, Tensor went, Tensor kept) {
        long more = came.numel();
        Tensor units = torch.zeros(new long[] {went.numel(), places.numel()}, kept.options());
        units.scatter_(1, went.unsqueeze(1), Tensors.scalar(1));
        Tensor v = torch.cat(new TensorVector(entries(form.k(), came, places), units), 0); // transposed
        Tensor w = factor.forward(v.t()); // [f, came + went]
        Tensor schur = w.t().matmul(w).neg_();
        Tensor corner = Tensors.slice(Tensors.slice(schur, 0, 0, more), 1, 0, more);
        corner.add_(entries(form.k(), came, came));
        corner.diagonal().add_(diagonal.index_select(0, came));
        return right -> {
            Tensor inward = inward(right);
            Tensor first =
                    factor.forward(inward.index_select(0, places).mul(kept).unsqueeze(1));
            Tensor below = torch.cat(
                    new TensorVector(
                            inward.index_select(0, came), torch.zeros_like(went).to(kept.scalar_type())),
                    0);
            Tensor beside = torch.linalg_solve(schur, below.unsqueeze(1).sub(w.t().matmul(first)));
            Tensor solved =
                    factor.backward(first.sub(w.matmul(beside))).squeeze(1).mul(kept);
            return outward(torch.zeros_like(diagonal)
                    .index_copy(0, places, solved)
                    .index_copy(0, came, Tensors.slice(beside.squeeze(1), 0, 0, more)));
        };
    }

    private Tensor inward(Tensor right) {
        return right.div(form.s()).to(diagonal.scalar_type());
    }

    private Tensor outward(Tensor solved) {
        return solved.to(ScalarType.Double).div(form.s());
    }
}
