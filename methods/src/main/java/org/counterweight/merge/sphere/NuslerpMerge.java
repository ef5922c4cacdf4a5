package org.counterweight.merge.sphere;

import org.counterweight.merge.block.Blocks;
import org.counterweight.merge.block.TensorMerge;

/**
 * Spherical interpolation of two models, or of their differences from a base, with one angle for the whole tensor, for each
 * row or for each column. Equations and constants as in mergekit's {@code nuslerp}.
 */
public final class NuslerpMerge implements TensorMerge {
    private static final double LEAST_NORM = 1e-7;
    private static final double PARALLEL = 1e-8;

    /** What counts as one vector. */
    public enum Vectors {
        /** The whole tensor. */
        WHOLE,
        /** Everything along the last dimension; blocks hold whole rows. */
        ROWS,
        /** Everything along the first dimension; blocks hold whole rows, of which each has one element of every column. */
        COLUMNS
    }

    private final double t;
    private final int a;
    private final int b;
    private final int base;
    private final Vectors vectors;
    private final int width;
    private final double[] aa;
    private final double[] bb;
    private final double[] ab;

    /**
     * @param t 0 for the first model, 1 for the second
     * @param base the index of the base among the inputs; −1 if there is none
     * @param width the length of a row
     */
    public NuslerpMerge(double t, int a, int b, int base, Vectors vectors, long width) {
        this.t = t;
        this.a = a;
        this.b = b;
        this.base = base;
        this.vectors = vectors;
        this.width = Math.toIntExact(width);
        int sums = vectors == Vectors.COLUMNS ? this.width : 1;
        this.aa = new double[sums];
        this.bb = new double[sums];
        this.ab = new double[sums];
    }

    @Override
    public int passes() {
        return vectors == Vectors.ROWS ? 0 : 1; // a block has all of each row at hand
    }

    @Override
    public void look(int pass, double[][] inputs, int count, long from) {
        subtractBase(inputs, count);
        double[] u = inputs[a];
        double[] v = inputs[b];
        if (vectors == Vectors.WHOLE) {
            addProducts(u, v, 0, count);
            return;
        }
        for (int row = 0; row < count; row += width) {
            for (int i = 0; i < width; i++) {
                aa[i] += u[row + i] * u[row + i];
                bb[i] += v[row + i] * v[row + i];
                ab[i] += u[row + i] * v[row + i];
            }
        }
    }

    private void addProducts(double[] u, double[] v, int at, int count) {
        aa[0] += Blocks.dot(u, u, at, count);
        bb[0] += Blocks.dot(v, v, at, count);
        ab[0] += Blocks.dot(u, v, at, count);
    }

    @Override
    public void combine(double[][] inputs, int count, long from, double[] result) {
        subtractBase(inputs, count);
        double[] u = inputs[a];
        double[] v = inputs[b];
        switch (vectors) {
            case WHOLE -> interpolate(u, v, 0, count, result);
            case ROWS -> {
                for (int row = 0; row < count; row += width) {
                    aa[0] = 0;
                    bb[0] = 0;
                    ab[0] = 0;
                    addProducts(u, v, row, width);
                    interpolate(u, v, row, width, result);
                }
            }
            case COLUMNS -> {
                double[] first = new double[width];
                double[] second = new double[width];
                for (int i = 0; i < width; i++) {
                    double[] shares = shares(i);
                    first[i] = shares[0];
                    second[i] = shares[1];
                }
                for (int row = 0; row < count; row += width) {
                    for (int i = 0; i < width; i++) {
                        result[row + i] = first[i] * u[row + i] + second[i] * v[row + i];
                    }
                }
            }
        }
        if (base >= 0) {
            Blocks.add(inputs[base], 1, count, result);
        }
    }

    private void subtractBase(double[][] inputs, int count) {
        if (base >= 0) {
            Blocks.subtract(inputs[base], count, inputs[a]);
            Blocks.subtract(inputs[base], count, inputs[b]);
        }
    }

    private void interpolate(double[] u, double[] v, int at, int count, double[] result) {
        double[] shares = shares(0);
        for (int i = at; i < at + count; i++) {
            result[i] = shares[0] * u[i] + shares[1] * v[i];
        }
    }

    /** The factors of u and of v. */
    private double[] shares(int i) {
        double lengths = Math.max(Math.sqrt(aa[i]), LEAST_NORM) * Math.max(Math.sqrt(bb[i]), LEAST_NORM);
        double theta = Math.acos(Math.max(-1, Math.min(1, ab[i] / lengths)));
        double sine = Math.sin(theta);
        return Math.abs(sine) < PARALLEL
                ? new double[] {1 - t, t}
                : new double[] {Math.sin((1 - t) * theta) / sine, Math.sin(t * theta) / sine};
    }
}
