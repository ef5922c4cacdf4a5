package org.counterweight.merge.block;

import java.util.Arrays;

/**
 * {@link StockMerge} in the order of mergekit's operations, each of which rounds: cosines, ratio and weights too.
 *
 * <p>Sums over a tensor are exact here before they are rounded; PyTorch's are of float32, in an order of its own. In bfloat16
 * that shows only where a sum lies at the edge between two numbers.
 */
public final class RoundedStock implements TensorMerge {
    private static final double LEAST_PRODUCT = 1e-6;

    private final Rounding round;
    private final boolean clamped;
    private final int base;
    private final boolean byRow;
    private final int width;
    private final double[][] products; // on the diagonal Σ δ_i², above it Σ of the rounded δ_i δ_j

    /** @param clamped whether t is kept within [0, 1], which mergekit does not; the others as for {@link StockMerge} */
    public RoundedStock(Rounding round, boolean clamped, int base, int models, boolean byRow, long width) {
        this.round = round;
        this.clamped = clamped;
        this.base = base;
        this.byRow = byRow;
        this.width = Math.toIntExact(width);
        this.products = new double[models][models];
    }

    @Override
    public int passes() {
        return byRow ? 0 : 1;
    }

    @Override
    public void look(int pass, double[][] inputs, int count, long from) {
        addProducts(deltas(inputs, count), 0, count);
    }

    @Override
    public void combine(double[][] inputs, int count, long from, double[] result) {
        if (!byRow) {
            interpolate(inputs, ratio(), 0, count, result);
            return;
        }
        double[][] deltas = deltas(inputs, count);
        for (int row = 0; row < count; row += width) {
            for (double[] sums : products) {
                Arrays.fill(sums, 0);
            }
            addProducts(deltas, row, width);
            interpolate(inputs, ratio(), row, width, result);
        }
    }

    /** δ_i beside the models, which are needed as they are. */
    private double[][] deltas(double[][] inputs, int count) {
        double[][] deltas = new double[products.length][count];
        for (int i = 0, k = 0; i < inputs.length; i++) {
            if (i != base) {
                double[] delta = deltas[k++];
                for (int e = 0; e < count; e++) {
                    delta[e] = round.of(inputs[i][e] - inputs[base][e]);
                }
            }
        }
        return deltas;
    }

    private void addProducts(double[][] deltas, int at, int count) {
        for (int i = 0; i < deltas.length; i++) {
            products[i][i] += Blocks.dot(deltas[i], deltas[i], at, count);
            for (int j = i + 1; j < deltas.length; j++) {
                double sum = 0;
                for (int e = at; e < at + count; e++) {
                    sum += round.of(deltas[i][e] * deltas[j][e]);
                }
                products[i][j] += sum;
            }
        }
    }

    /** t = k c / (1 + (k − 1) c). */
    private double ratio() {
        int k = products.length;
        double sum = 0;
        for (int i = 0; i < k; i++) {
            for (int j = i + 1; j < k; j++) {
                double norms = round.of(norm(i) * norm(j));
                double cosine = round.of(round.of(products[i][j]) / Math.max(norms, round.of(LEAST_PRODUCT)));
                sum = round.partial(sum + Math.max(-1, Math.min(1, cosine)));
            }
        }
        double cosine = round.of(sum / (k * (k - 1) / 2.0));
        double t = round.of(round.of(k * cosine) / round.of(1 + round.of((k - 1) * cosine)));
        return clamped ? Math.max(0, Math.min(1, t)) : t;
    }

    private double norm(int i) {
        return round.of(Math.sqrt(products[i][i]));
    }

    private void interpolate(double[][] inputs, double t, int at, int count, double[] result) {
        double rest = round.of(1 - t);
        for (int e = at; e < at + count; e++) {
            double sum = 0;
            for (int i = 0; i < inputs.length; i++) {
                sum = i == base ? sum : round.of(sum + inputs[i][e]);
            }
            double mean = round.of(sum / products.length);
            result[e] = round.of(round.of(t * mean) + round.of(rest * inputs[base][e]));
        }
    }
}
