package org.counterweight.merge.select;

import org.counterweight.merge.block.TensorMerge;
import org.counterweight.merge.method.MergeSite;
import org.counterweight.merge.thin.MagnitudeRanks;

/**
 * The base with those changes of the other model that are important: |δ| · KL(softmax(w_1) ‖ softmax(w_0)) of its row is at least
 * the median over the tensor and one and a half times the distance between the quartiles.
 *
 * <p>Arcee, "Arcee Fusion", 2025, as in mergekit, which takes the quartiles of large tensors from a million elements drawn at
 * random; here they are exact.
 */
final class FusionMerge implements TensorMerge {
    private static final double EPSILON = 1e-8; // added to each probability
    private static final double FAR = 1.5;
    private static final int SAMPLE = 32; // one block of this many says where the quartiles are to be looked for

    private final int base;
    private final int other;
    private final int width;
    private final long size;
    private final MagnitudeRanks quartiles;
    private int passes = 2;
    private double threshold;
    private double[] importance = new double[0];

    /** @param width the length of a row; blocks hold whole rows */
    FusionMerge(MergeSite site, int width) {
        this.base = site.base();
        this.other = site.others().get(0);
        this.width = width;
        this.size = site.size();
        this.quartiles = new MagnitudeRanks(size, rank(0.25), rank(0.5), rank(0.75));
    }

    private long rank(double share) {
        return (long) (share * (size - 1));
    }

    @Override
    public int passes() {
        return size == 0 ? 0 : passes;
    }

    @Override
    public int stride(int pass) {
        return pass == 0 ? SAMPLE : 1;
    }

    @Override
    public void look(int pass, double[][] inputs, int count, long from) {
        measure(inputs, count);
        switch (pass) {
            case 0 -> quartiles.sample(importance, count);
            case 1 -> {
                if (from == 0) {
                    quartiles.aim();
                }
                quartiles.count(importance, count);
                passes = from + count == size && quartiles.hasMissed() ? 3 : 2;
            }
            default -> {
                if (from == 0) {
                    quartiles.aimAgain();
                }
                quartiles.countAgain(importance, count);
            }
        }
    }

    private double quartile(int i) {
        return Float.intBitsToFloat(quartiles.found(i).bits());
    }

    @Override
    public void combine(double[][] inputs, int count, long from, double[] result) {
        if (from == 0) {
            threshold = quartile(1) + FAR * (quartile(2) - quartile(0));
        }
        measure(inputs, count);
        for (int e = 0; e < count; e++) {
            result[e] = (float) importance[e] >= threshold ? inputs[other][e] : inputs[base][e];
        }
    }

    private void measure(double[][] inputs, int count) {
        if (importance.length < count) {
            importance = new double[count];
        }
        double[] a = inputs[base];
        double[] b = inputs[other];
        for (int row = 0; row < count; row += width) {
            double divergence = divergence(b, a, row);
            for (int e = row; e < row + width; e++) {
                importance[e] = Math.abs(b[e] - a[e]) * divergence;
            }
        }
    }

    /** KL(softmax(x) ‖ softmax(y)) of the row that begins at {@code at}; never below 0 but for rounding. */
    private double divergence(double[] x, double[] y, int at) {
        double largestX = largest(x, at);
        double largestY = largest(y, at);
        double sumX = 0;
        double sumY = 0;
        for (int e = at; e < at + width; e++) {
            sumX += Math.exp(x[e] - largestX);
            sumY += Math.exp(y[e] - largestY);
        }
        double divergence = 0;
        for (int e = at; e < at + width; e++) {
            double p = Math.exp(x[e] - largestX) / sumX + EPSILON;
            double q = Math.exp(y[e] - largestY) / sumY + EPSILON;
            divergence += p * Math.log(p / q);
        }
        return Math.max(0, divergence);
    }

    private double largest(double[] x, int at) {
        double largest = x[at];
        for (int e = at + 1; e < at + width; e++) {
            largest = Math.max(largest, x[e]);
        }
        return largest;
    }
}
