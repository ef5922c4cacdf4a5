package org.counterweight.fewgen.classify;

import static org.counterweight.engine.Tensors.scalar;
import static org.counterweight.engine.Tensors.slice;

import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Which texts no interval of training has had yet. Each interval takes the first of the selected among them; where they do not
 * last, all of them and the first selected of all, and it begins anew. Immutable.
 *
 * @param left {@code bool [texts]}
 */
public record Unused(Tensor left) {
    /** All of them are left. */
    public static Unused all(long texts) {
        return new Unused(torch.ones(texts).to(ScalarType.Bool));
    }

    /**
     * The texts of one interval.
     *
     * @param places {@code int64 [taken]}, in order; one may stand twice where it began anew, and there are fewer than wanted
     *     where too few are selected
     * @param after what is left for the next
     */
    public record Interval(Tensor places, Unused after) {}

    /**
     * Takes the texts of the next interval.
     *
     * @param selected {@code bool [texts]}
     * @param wanted how many: steps of an interval times the batch; never more than there are texts
     */
    public Interval take(Tensor selected, long wanted) {
        long target = Math.min(wanted, left.size(0));
        Tensor fresh = places(selected.logical_and(left));
        if (fresh.size(0) >= target) {
            Tensor taken = slice(fresh, 0, 0, target);
            return new Interval(taken, new Unused(left.index_fill(0, taken, scalar(0))));
        }
        Tensor again = slice(places(selected), 0, 0, target - fresh.size(0));
        Tensor anew = torch.ones_like(left).index_fill(0, again, scalar(0));
        return new Interval(torch.cat(new TensorVector(fresh, again), 0), new Unused(anew));
    }

    private static Tensor places(Tensor chosen) {
        return chosen.nonzero().squeeze(1);
    }

    /** The places of those that are left, ascending, {@code int64}. */
    public Tensor places() {
        return places(left);
    }
}
