package org.counterweight.shift.fairness;

import static org.counterweight.engine.Tensors.scalar;

import java.io.Serializable;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Tensors;
import org.jspecify.annotations.Nullable;

/**
 * How evenly predictions treat two groups. A figure is NaN where its group or label has no rows: a gap of 0 would say that all
 * is well.
 *
 * <p>A deviation is the largest distance of a group's rate from the rate of all; a gap is the distance between the two groups'.
 * AIF360's names: {@link #parityDifference} is {@code statistical_parity_difference}.
 *
 * @param rows in each cell, each as often as its weight says
 * @param positives predicted y = 1 in each cell, likewise
 */
public record FairnessMetrics(double[] rows, double[] positives) implements Serializable {
    public FairnessMetrics {
        rows = rows.clone();
        positives = positives.clone();
    }

    @Override
    public double[] rows() {
        return rows.clone();
    }

    @Override
    public double[] positives() {
        return positives.clone();
    }

    /** Of logits {@code [n]}, of which those above {@code threshold} say y = 1. */
    public static FairnessMetrics of(Tensor logits, Cells cells, double threshold) {
        try (var scope = Scope.open()) {
            return ofDecisions(logits.gt(scalar(threshold)), cells, null);
        }
    }

    /**
     * Of decisions.
     *
     * @param positive 1 where y = 1 is said, 0 where not, or how likely it is said, {@code [n]}
     * @param weights how many rows each row stands for, {@code [n]}; null for 1
     */
    public static FairnessMetrics ofDecisions(Tensor positive, Cells cells, @Nullable Tensor weights) {
        try (var scope = Scope.open()) {
            Tensor said = positive.to(ScalarType.Double);
            Tensor each = weights == null ? torch.ones_like(said) : weights.to(ScalarType.Double);
            return new FairnessMetrics(sums(each, cells), sums(each.mul(said), cells));
        }
    }

    private static double[] sums(Tensor values, Cells cells) {
        Tensor sums = torch.zeros(new long[] {CellShares.CELLS}, Tensors.options(ScalarType.Double));
        return Tensors.toDoubles(sums.index_add(0, cells.index(), values));
    }

    /** The same with the rows of each cell counted this many times: as they will come elsewhere. */
    public FairnessMetrics weighted(double... ofCell) {
        double[] all = rows.clone();
        double[] said = positives.clone();
        for (int k = 0; k < all.length; k++) {
            all[k] *= ofCell[k];
            said[k] *= ofCell[k];
        }
        return new FairnessMetrics(all, said);
    }

    /** Of the rows of both. */
    public FairnessMetrics plus(FairnessMetrics other) {
        double[] all = rows.clone();
        double[] said = positives.clone();
        for (int k = 0; k < all.length; k++) {
            all[k] += other.rows[k];
            said[k] += other.positives[k];
        }
        return new FairnessMetrics(all, said);
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
