package org.counterweight.shift.fairness.judge;

import java.util.stream.IntStream;
import org.counterweight.shift.fairness.CellShares;
import org.counterweight.shift.fairness.FairnessMetrics;
import org.counterweight.shift.fairness.constraint.FairConstraint;
import org.counterweight.shift.measure.EffectiveSize;
import org.counterweight.shift.measure.Proportion;

/**
 * How well some rows tell how far two groups are apart.
 *
 * @param tooFew whether a rate that is compared rests on too few rows
 * @param reach half of the gap's 95 % interval, the normal one of a difference of shares; of the event that is furthest apart
 */
public record GroupGap(boolean tooFew, double reach) {
    private static final double QUANTILE = 1.959963984540054;

    /** Of each rate that the constraint compares; with equalised odds one for either label, so that none hides behind the other. */
    public static GroupGap of(FairnessMetrics counted, FairConstraint constraint) {
        return of(counted, counted.rows(), constraint);
    }

    /**
     * The same of rows that have weights.
     *
     * @param squares the sum of the squared weights in each cell
     */
    static GroupGap of(FairnessMetrics counted, double[] squares, FairConstraint constraint) {
        boolean tooFew = false;
        double furthest = -1;
        double reach = Double.NaN;
        for (int event = 0; event < constraint.events(); event++) {
            Proportion one = group(counted, squares, constraint, event, 1);
            Proportion other = group(counted, squares, constraint, event, 0);
            tooFew |= one.tooFew() || other.tooFew();
            double gap = Math.abs(one.share() - other.share());
            if (gap > furthest) {
                furthest = gap;
                reach = QUANTILE * Math.sqrt(variance(one) + variance(other));
            }
        }
        return new GroupGap(tooFew, reach);
    }

    private static Proportion group(
            FairnessMetrics counted, double[] squares, FairConstraint constraint, int event, int z) {
        return rate(
                counted,
                squares,
                IntStream.range(0, CellShares.CELLS)
                        .filter(cell -> cell % 2 == 1 - z && constraint.counts(event, cell))
                        .toArray());
    }

    /**
     * How often y = 1 is said of the rows of some cells, out of as many rows as they are worth: rows that weigh differently tell
     * less than as many that weigh the same, and none tells more for weighing three than for weighing one.
     */
    static Proportion rate(FairnessMetrics counted, double[] squares, int... cells) {
        double rows = 0;
        double said = 0;
        double square = 0;
        for (int cell : cells) {
            rows += counted.rows()[cell];
            said += counted.positives()[cell];
            square += squares[cell];
        }
        double worth = EffectiveSize.of(rows, square);
        return new Proportion(worth == 0 ? 0 : said * worth / rows, worth);
    }

    private static double variance(Proportion of) {
        return of.share() * (1 - of.share()) / of.of();
    }
}
