package org.counterweight.merge.block;

import java.util.Arrays;

/**
 * {@link org.counterweight.merge.stock.ModelStock} in blocks: w = w_0 + t · mean δ_i with t = k c / (1 + (k − 1) c), c the mean
 * cosine between the models' deltas δ_i = w_i − w_0. Their inner products are summed in a first pass, or found row by row.
 */
public final class StockMerge implements TensorMerge {
    private static final double SINGULAR = 1e-6;
    private static final double MERGEKIT_EPS = 1e-6;

    private final Ratio ratio;
    private final int base;
    private final boolean byRow;
    private final int width;
    private final double[][] gram; // ⟨δ_i, δ_j⟩ for i ≤ j
    private final double[][][] parts; // the same, as sums over every so many elements

    /**
     * How the ratio follows from the inner products.
     *
     * @param mergekits whether the product of two norms is at least 1e-6, which shrinks the ratio of tiny deltas; else only a
     *     product of 0 is special, with a cosine of 0
     * @param clamped whether t is kept within [0, 1]
     */
    public record Ratio(boolean mergekits, boolean clamped) {
        /** @param gram {@code [k][k]}, of which the part on and above the diagonal is read */
        public double of(double[][] gram) {
            int k = gram.length;
            double sum = 0;
            for (int i = 0; i < k; i++) {
                for (int j = i + 1; j < k; j++) {
                    double product = Math.sqrt(gram[i][i]) * Math.sqrt(gram[j][j]);
                    double norms = mergekits ? Math.max(product, MERGEKIT_EPS) : product == 0 ? 1 : product;
                    sum += Math.max(-1, Math.min(1, gram[i][j] / norms)); // rounding can push past 1
                }
            }
            double cosine = sum / (k * (k - 1) / 2.0);
            double denominator = 1 + (k - 1) * cosine;
            boolean bare = mergekits && !clamped; // as the other program has it
            double t = !bare && denominator <= SINGULAR ? 0 : k * cosine / denominator;
            return clamped ? Math.max(0, Math.min(1, t)) : t;
        }
    }

    /**
     * @param base the index of the anchor among the inputs
     * @param models how many models there are beside it
     * @param byRow whether each row has a ratio of its own; blocks hold whole rows then
     * @param width the length of a row
     */
    public StockMerge(Ratio ratio, int base, int models, boolean byRow, long width) {
        this.ratio = ratio;
        this.base = base;
        this.byRow = byRow;
        this.width = Math.toIntExact(width);
        this.gram = new double[models][models];
        this.parts = new double[models][models][0];
    }

    @Override
    public int passes() {
        return byRow ? 0 : 1;
    }

    @Override
    public void look(int pass, double[][] inputs, int count, long from) {
        for (int i = 0; i < gram.length; i++) {
            for (int j = i; j < gram.length; j++) {
                if (from == 0) {
                    parts[i][j] = new double[count]; // the first block is the longest
                }
                Blocks.addProductsOfDifferences(inputs[model(i)], inputs[model(j)], inputs[base], count, parts[i][j]);
            }
        }
    }

    @Override
    public void combine(double[][] inputs, int count, long from, double[] result) {
        if (byRow) {
            combineRows(inputs, count, result);
            return;
        }
        if (from == 0) {
            for (int i = 0; i < gram.length; i++) {
                for (int j = i; j < gram.length; j++) {
                    gram[i][j] = Arrays.stream(parts[i][j]).sum();
                }
            }
        }
        double share = ratio.of(gram) / gram.length;
        Blocks.interpolate(inputs[base], inputs[model(0)], share, count, result);
        for (int i = 1; i < gram.length; i++) {
            Blocks.addDifference(inputs[model(i)], inputs[base], share, count, result);
        }
    }

    private void combineRows(double[][] inputs, int count, double[] result) {
        double[][] deltas = deltas(inputs, count);
        System.arraycopy(inputs[base], 0, result, 0, count);
        for (int row = 0; row < count; row += width) {
            for (int i = 0; i < deltas.length; i++) {
                for (int j = i; j < deltas.length; j++) {
                    gram[i][j] = Blocks.dot(deltas[i], deltas[j], row, width);
                }
            }
            double share = ratio.of(gram) / gram.length;
            for (double[] delta : deltas) {
                for (int i = row; i < row + width; i++) {
                    result[i] += delta[i] * share;
                }
            }
        }
    }

    private double[][] deltas(double[][] inputs, int count) {
        double[][] deltas = new double[gram.length][];
        for (int i = 0; i < deltas.length; i++) {
            deltas[i] = inputs[model(i)];
            Blocks.subtract(inputs[base], count, deltas[i]);
        }
        return deltas;
    }

    /** Where the i-th model beside the base stands among the inputs. */
    private int model(int i) {
        return i < base ? i : i + 1;
    }
}
