package org.counterweight.shift.fairness;

import static org.counterweight.engine.Tensors.scalar;

import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Tensors;

/**
 * How evenly predictions treat two groups. A figure is NaN where its group or label has no rows: a gap of 0 would say that all
 * is well.
 *
 * <p>A deviation is the largest distance of a group's rate from the rate of all; a gap is the distance between the two groups'.
 * AIF360's names: {@link #parityDifference} is {@code statistical_parity_difference}.
 *
 * @param rows in each cell
 * @param positives predicted y = 1 in each cell
 */
public record FairnessMetrics(long[] rows, long[] positives) {
    public FairnessMetrics {
        rows = rows.clone();
        positives = positives.clone();
    }

    @Override
    public long[] rows() {
        return rows.clone();
    }

    @Override
    public long[] positives() {
        return positives.clone();
    }

    /** Of logits {@code [n]}, of which those above {@code threshold} say y = 1. */
    public static FairnessMetrics of(Tensor logits, Cells cells, double threshold) {
        try (var scope = Scope.open()) {
            Tensor positive = logits.gt(scalar(threshold)).to(ScalarType.Double);
            Tensor sums = torch.zeros(new long[] {CellShares.CELLS}, Tensors.options(ScalarType.Double));
            return new FairnessMetrics(cells.counts(), Tensors.toLongs(sums.index_add(0, cells.index(), positive)));
        }
    }

    /** The share of rows that are predicted y = 1, of the cells together. */
    private double rate(int... cells) {
        double all = 0;
        double found = 0;
        for (int cell : cells) {
            all += rows[cell];
            found += positives[cell];
        }
        return found / all; // NaN for none of none
    }

    public double accuracy() {
        double all = rows[0] + rows[1] + rows[2] + rows[3];
        return (positives[0] + positives[1] + rows[2] - positives[2] + rows[3] - positives[3]) / all;
    }

    /** The harmonic mean of precision and recall of y = 1. */
    public double f1() {
        double right = positives[0] + positives[1];
        double wrong = positives[2] + positives[3] + rows[0] - positives[0] + rows[1] - positives[1];
        return 2 * right / (2 * right + wrong);
    }

    /** The positive rate of z = 1 less that of z = 0. */
    public double parityDifference() {
        return rate(0, 2) - rate(1, 3);
    }

    /** The same of rows with y = 1 (AIF360's {@code equal_opportunity_difference}). */
    public double opportunityDifference() {
        return rate(0) - rate(1);
    }

    /** The mean difference of the rates at y = 1 and y = −1 (AIF360's {@code average_odds_difference}). */
    public double averageOddsDifference() {
        return (rate(0) - rate(1) + rate(2) - rate(3)) / 2;
    }

    /** The larger gap of the rates at y = 1 and at y = −1. */
    public double oddsGap() {
        return Math.max(Math.abs(rate(0) - rate(1)), Math.abs(rate(2) - rate(3)));
    }

    /** Demographic parity, as a deviation from the rate of all. */
    public double parityDeviation() {
        double all = rate(0, 1, 2, 3);
        return Math.max(Math.abs(rate(0, 2) - all), Math.abs(rate(1, 3) - all));
    }

    /** Equal opportunity, as a deviation: rows with y = 1. */
    public double positiveDeviation() {
        return deviation(0, 1);
    }

    /** The same of rows with y = −1. */
    public double negativeDeviation() {
        return deviation(2, 3);
    }

    /** Equalised odds, as a deviation: the larger of both. */
    public double oddsDeviation() {
        return Math.max(positiveDeviation(), negativeDeviation());
    }

    private double deviation(int one, int zero) {
        double all = rate(one, zero);
        return Math.max(Math.abs(rate(one) - all), Math.abs(rate(zero) - all));
    }
}
