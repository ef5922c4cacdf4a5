package org.counterweight.merge.stream;

import static org.bytedeco.pytorch.global.torch.hardshrink;
import static org.counterweight.engine.Tensors.plus;
import static org.counterweight.engine.Tensors.scalar;

import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.engine.Tensors;
import org.counterweight.merge.stream.MagnitudeRanks.Found;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the elements whose magnitudes stand at ascending places {@code from} to {@code to} − 1: the largest for TIES (P.
 * Yadav et al., "TIES-Merging", NeurIPS 2023), the largest but for outliers for Model Breadcrumbs (M. Davari and E.
 * Belilovsky, ECCV 2024). Exactly {@code to − from} are kept.
 *
 * <p>Among equal magnitudes the order of indices decides: in TIES the lower index is kept first; in Breadcrumbs it counts as
 * the smaller.
 */
final class MagnitudeThinning implements Thinning {
    private final long from;
    private final long to;
    private final long size;
    private final boolean lowerIndexFirst;
    private final MagnitudeRanks ranks;
    private @Nullable Edge bottom;
    private @Nullable Edge top;

    /**
     * A cut through equal magnitudes: of them, those are kept whose ordinal lies in [first, end).
     *
     * @param counted how many of them have passed in this pass
     */
    private record Edge(Found at, long first, long end, long[] counted) {}

    private MagnitudeThinning(long from, long to, long size, boolean lowerIndexFirst) {
        this.from = from;
        this.to = to;
        this.size = size;
        this.lowerIndexFirst = lowerIndexFirst;
        this.ranks = to < size ? new MagnitudeRanks(from, to) : new MagnitudeRanks(from);
    }

    /** Keeps the {@code kept} largest of {@code size}, at least one. */
    static MagnitudeThinning largest(long kept, long size) {
        return new MagnitudeThinning(size - kept, size, size, true);
    }

    /** Keeps those at ascending places {@code from} to {@code to} − 1 of {@code size}. */
    static MagnitudeThinning between(long from, long to, long size) {
        return new MagnitudeThinning(from, to, size, false);
    }

    @Override
    public int passes() {
        return 2;
    }

    @Override
    public void look(int pass, Tensor delta, long at) {
        float[] values = Tensors.toFloats(delta);
        if (pass == 0) {
            ranks.countUpper(values);
        } else {
            if (at == 0) {
                ranks.chooseBuckets();
            }
            ranks.countLower(values);
        }
    }

    @Override
    public Tensor apply(Tensor delta, long at) {
        if (at == 0) {
            start();
        }
        Edge low = bottom;
        if (low == null) {
            throw new IllegalStateException("blocks are to come in order, from the first");
        }
        boolean plain = top == null && delta.scalar_type().intern() == ScalarType.Float;
        if (plain && low.end - low.first == low.at.equal()) {
            return hardshrink(delta, scalar(Math.nextDown(low.at.magnitude()))); // keeps what is larger
        }
        Tensor magnitudes = delta.to(ScalarType.Float).abs();
        Tensor keep = kept(magnitudes, low, true);
        if (top != null) {
            keep = keep.logical_and(kept(magnitudes, top, false));
        }
        return delta.mul(keep);
    }

    private void start() {
        Found low = ranks.found(0);
        long dropped = from - low.smaller();
        bottom = lowerIndexFirst
                ? new Edge(low, 0, low.equal() - dropped, new long[1])
                : new Edge(low, dropped, low.equal(), new long[1]);
        if (to < size) {
            Found high = ranks.found(1);
            top = new Edge(high, 0, to - high.smaller(), new long[1]);
        }
    }

    /** Which elements lie on the kept side of the edge. */
    private static Tensor kept(Tensor magnitudes, Edge edge, boolean above) {
        var threshold = scalar(edge.at.magnitude());
        Tensor strict = above ? magnitudes.gt(threshold) : magnitudes.lt(threshold);
        if (edge.end - edge.first == edge.at.equal()) {
            return above ? magnitudes.ge(threshold) : magnitudes.le(threshold);
        }
        if (edge.end <= edge.first) {
            return strict;
        }
        Tensor equal = magnitudes.eq(threshold);
        long seen = edge.counted[0];
        long here = equal.sum().item_long();
        edge.counted[0] += here;
        if (here == 0 || seen >= edge.end || seen + here <= edge.first) {
            return strict;
        }
        if (seen >= edge.first && seen + here <= edge.end) {
            return strict.logical_or(equal);
        }
        Tensor ordinal = plus(equal.cumsum(0), seen - 1);
        return strict.logical_or(
                equal.logical_and(ordinal.ge(scalar(edge.first))).logical_and(ordinal.lt(scalar(edge.end))));
    }
}
