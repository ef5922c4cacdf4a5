package org.counterweight.merge.sphere;

import org.counterweight.merge.block.Rounding;
import org.counterweight.merge.block.TensorMerge;
import org.counterweight.merge.sphere.NuslerpMerge.Vectors;

/**
 * {@link NuslerpMerge} in the order of mergekit's operations, each of which rounds: unit vectors, their product, the angle and
 * its sines too.
 *
 * <p>Sums are exact here before they are rounded; PyTorch's are of float32, in an order of its own. In bfloat16 that shows
 * only where a sum lies at the edge between two numbers.
 */
public final class RoundedNuslerp implements TensorMerge {
    private static final double LEAST_NORM = 1e-7;
    private static final double PARALLEL = 1e-8;

    private final Rounding round;
    private final double t;
    private final int[] models;
    private final int base;
    private final Vectors vectors;
    private final int width;
    private final double[][] squares;
    private final double[] products;

    /** Arguments as for {@link NuslerpMerge}. */
    public RoundedNuslerp(Rounding round, double t, int a, int b, int base, Vectors vectors, long width) {
        this.round = round;
        this.t = t;
        this.models = new int[] {a, b};
        this.base = base;
        this.vectors = vectors;
        this.width = Math.toIntExact(width);
        int sums = vectors == Vectors.COLUMNS ? this.width : 1;
        this.squares = new double[2][sums];
        this.products = new double[sums];
    }

    /** The lengths must be known before the unit vectors, and these before their product. */
    @Override
    public int passes() {
        return vectors == Vectors.ROWS ? 0 : 2; // a block has all of each row at hand
    }

    @Override
    public void look(int pass, double[][] inputs, int count, long from) {
        subtractBase(inputs, count);
        if (pass == 0) {
            addSquares(inputs, 0, count);
        } else {
            addProducts(inputs, 0, count);
        }
    }

    private void subtractBase(double[][] inputs, int count) {
        if (base >= 0) {
            for (int model : models) {
                for (int e = 0; e < count; e++) {
                    inputs[model][e] = round.of(inputs[model][e] - inputs[base][e]);
                }
            }
        }
    }

    /** Which sum the element at {@code e} of a block belongs to. */
    private int vector(int e) {
        return vectors == Vectors.COLUMNS ? e % width : 0;
    }

    private void addSquares(double[][] inputs, int at, int count) {
        for (int i = 0; i < 2; i++) {
            double[] values = inputs[models[i]];
            for (int e = at; e < at + count; e++) {
                squares[i][vector(e)] += values[e] * values[e];
            }
        }
    }

    private void addProducts(double[][] inputs, int at, int count) {
        double[] u = inputs[models[0]];
        double[] v = inputs[models[1]];
        double[][] norms = new double[2][products.length];
        for (int i = 0; i < 2; i++) {
            for (int s = 0; s < products.length; s++) {
                norms[i][s] = Math.max(round.of(Math.sqrt(squares[i][s])), round.of(LEAST_NORM));
            }
        }
        for (int e = at; e < at + count; e++) {
            int s = vector(e);
            products[s] += round.of(round.of(u[e] / norms[0][s]) * round.of(v[e] / norms[1][s]));
        }
    }

    @Override
    public void combine(double[][] inputs, int count, long from, double[] result) {
        subtractBase(inputs, count);
        if (vectors == Vectors.ROWS) {
            for (int row = 0; row < count; row += width) {
                squares[0][0] = 0;
                squares[1][0] = 0;
                products[0] = 0;
                addSquares(inputs, row, width);
                addProducts(inputs, row, width);
                interpolate(inputs, row, width, result);
            }
        } else {
            interpolate(inputs, 0, count, result);
        }
    }

    /** What the two vectors are multiplied by, and what the sum of both is divided by; 1 where they are parallel. */
    private record Factors(double first, double second, double divisor) {}

    private Factors factors(int s) {
        double theta = round.of(Math.acos(Math.max(-1, Math.min(1, round.of(products[s])))));
        double sine = round.of(Math.sin(theta));
        return Math.abs(sine) < PARALLEL
                ? new Factors(round.partial(1 - t), round.partial(t), 1)
                : new Factors(
                        round.of(Math.sin(round.of(round.partial(1 - t) * theta))),
                        round.of(Math.sin(round.of(round.partial(t) * theta))),
                        sine);
    }

    private void interpolate(double[][] inputs, int at, int count, double[] result) {
        double[] u = inputs[models[0]];
        double[] v = inputs[models[1]];
        var factors = new Factors[products.length];
        for (int s = 0; s < factors.length; s++) {
            factors[s] = factors(s);
        }
        for (int e = at; e < at + count; e++) {
            Factors of = factors[vector(e)];
            double sum = round.of(round.of(of.first() * u[e]) + round.of(of.second() * v[e]));
            double mixed = round.of(sum / of.divisor());
            result[e] = base >= 0 ? round.of(inputs[base][e] + mixed) : mixed;
        }
    }
}
