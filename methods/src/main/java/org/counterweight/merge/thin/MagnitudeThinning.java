package org.counterweight.merge.thin;

import org.counterweight.merge.block.Thinning;
import org.counterweight.merge.thin.MagnitudeRanks.Found;

/**
 * Keeps the elements whose magnitudes stand at ascending places {@code from} to {@code to} − 1: the largest for TIES (P.
 * Yadav et al., "TIES-Merging", NeurIPS 2023), the largest but for outliers for Model Breadcrumbs (M. Davari and E.
 * Belilovsky, ECCV 2024). Exactly {@code to − from} are kept.
 *
 * <p>Among equal magnitudes the order of indices decides: in TIES the lower index is kept first; in Breadcrumbs it counts as
 * the smaller.
 */
public final class MagnitudeThinning implements Thinning {
    private static final int SAMPLE = 32; // one block of this many says where the threshold is to be looked for

    private final long from;
    private final long to;
    private final long size;
    private final boolean lowerIndexFirst;
    private final MagnitudeRanks ranks;
    private int passes = 2;
    private Edge bottom = Edge.NONE;
    private Edge top = Edge.NONE;

    /** A cut through elements of one magnitude: in their order those from {@code first} up to {@code end} − 1 are kept. */
    private static final class Edge {
        static final Edge NONE = new Edge(-1, 0, 0);

        final int bits;
        final long first;
        final long end;
        long passed;

        Edge(int bits, long first, long end) {
            this.bits = bits;
            this.first = first;
            this.end = end;
        }

        boolean keepsNext() {
            long ordinal = passed++;
            return ordinal >= first && ordinal < end;
        }
    }

    private MagnitudeThinning(long from, long to, long size, boolean lowerIndexFirst) {
        this.from = from;
        this.to = to;
        this.size = size;
        this.lowerIndexFirst = lowerIndexFirst;
        this.ranks = to < size ? new MagnitudeRanks(size, from, to) : new MagnitudeRanks(size, from);
    }

    /** Keeps the {@code kept} largest of {@code size}, at least one. */
    public static MagnitudeThinning largest(long kept, long size) {
        return new MagnitudeThinning(size - kept, size, size, true);
    }

    /** Keeps those at ascending places {@code from} to {@code to} − 1 of {@code size}. */
    public static MagnitudeThinning between(long from, long to, long size) {
        return new MagnitudeThinning(from, to, size, false);
    }

    @Override
    public int passes() {
        return passes;
    }

    @Override
    public int stride(int pass) {
        return pass == 0 ? SAMPLE : 1;
    }

    @Override
    public void look(int pass, double[] delta, int count, long at) {
        switch (pass) {
            case 0 -> ranks.sample(delta, count);
            case 1 -> {
                if (at == 0) {
                    ranks.aim();
                }
                ranks.count(delta, count);
                passes = at + count == size && ranks.hasMissed() ? 3 : 2;
            }
            default -> {
                if (at == 0) {
                    ranks.aimAgain();
                }
                ranks.countAgain(delta, count);
            }
        }
    }

    @Override
    public void apply(double[] delta, int count, long at) {
        if (at == 0) {
            start();
        }
        int least = bottom.bits;
        int most = to < size ? top.bits : Integer.MAX_VALUE;
        int lowEdge = bottom.bits;
        int highEdge = top.bits;
        for (int i = 0; i < count; i++) {
            int bits = MagnitudeRanks.bits(delta[i]);
            if (bits == lowEdge || bits == highEdge) {
                if (!(bits == lowEdge ? bottom : top).keepsNext()) {
                    delta[i] = 0;
                }
            } else {
                long outside =
                        (bits - least | most - bits) >> (Integer.SIZE - 1); // all ones or none: no branch to mispredict
                delta[i] = Double.longBitsToDouble(Double.doubleToRawLongBits(delta[i]) & ~outside);
            }
        }
    }

    private void start() {
        Found low = ranks.found(0);
        long dropped = from - low.smaller();
        bottom = lowerIndexFirst
                ? new Edge(low.bits(), 0, low.equal() - dropped)
                : new Edge(low.bits(), dropped, low.equal());
        if (to < size) {
            Found high = ranks.found(1);
            top = new Edge(high.bits(), 0, to - high.smaller());
            if (high.bits() == low.bits()) { // both cuts go through the same magnitude
                bottom = new Edge(low.bits(), dropped, to - high.smaller());
            }
        }
    }
}
