package org.counterweight.merge.block;

import java.util.Arrays;
import java.util.function.ToDoubleFunction;

/**
 * {@link org.counterweight.merge.stock.ModelStock} of files: {@link TowardsMean} with a ratio that follows from the inner
 * products of the deltas, which are summed in a first pass, or found row by row.
 */
public final class StockMerge implements TensorMerge {
    private final ToDoubleFunction<double[][]> ratio;
    private final int base;
    private final boolean byRow;
    private final int width;
    private final double[][] gram; // ⟨δ_i, δ_j⟩ for i ≤ j
    private final double[][][] parts; // the same, as sums over every so many elements

    /**
     * @param ratio t from the inner products {@code [k][k]}, of which the part on and above the diagonal is filled
     * @param base the index of the anchor among the inputs
     * @param models how many models there are beside it
     * @param byRow whether each row has a ratio of its own; blocks hold whole rows then
     * @param width the length of a row
     */
    public StockMerge(ToDoubleFunction<double[][]> ratio, int base, int models, boolean byRow, long width) {
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
        TowardsMean.whole(base, inputs, ratio.applyAsDouble(gram), count, result);
    }

    private void combineRows(double[][] inputs, int count, double[] result) {
        double[][] deltas = TowardsMean.deltas(base, inputs, count);
        System.arraycopy(inputs[base], 0, result, 0, count);
        for (int row = 0; row < count; row += width) {
            for (int i = 0; i < deltas.length; i++) {
                for (int j = i; j < deltas.length; j++) {
                    gram[i][j] = Blocks.dot(deltas[i], deltas[j], row, width);
                }
            }
            TowardsMean.add(deltas, ratio.applyAsDouble(gram), row, width, result);
        }
    }

    /** Where the i-th model beside the base stands among the inputs. */
    private int model(int i) {
        return i < base ? i : i + 1;
    }
}
