package org.counterweight.merge.block;

import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/**
 * {@link org.counterweight.merge.stock.ModelStock} of files: {@link TowardsMean} with a ratio that follows from the inner
 * products of the deltas, which are summed in a first pass, or found row by row.
 */
public final class StockMerge implements TensorMerge {
    private final ToDoubleFunction<double[][]> ratio;
    private final int base;
    private final boolean byRow;
    private final int width;
    private final InnerProducts products;
    private double[][] gram; // ⟨δ_i, δ_j⟩

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
        this.products = new InnerProducts(
                IntStream.range(0, models + 1).filter(i -> i != base).toArray(), base);
    }

    @Override
    public int passes() {
        return byRow ? 0 : 1;
    }

    @Override
    public void look(int pass, double[][] inputs, int count, long from) {
        products.add(inputs, count, from);
    }

    @Override
    public void combine(double[][] inputs, int count, long from, double[] result) {
        if (byRow) {
            combineRows(inputs, count, result);
            return;
        }
        if (from == 0) {
            gram = products.sums();
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
}
