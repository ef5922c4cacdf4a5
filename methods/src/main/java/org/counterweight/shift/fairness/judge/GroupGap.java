package org.counterweight.shift.fairness.judge;

import org.counterweight.shift.fairness.CellShares;
import org.counterweight.shift.fairness.FairnessMetrics;
import org.counterweight.shift.fairness.constraint.FairConstraint;
import org.counterweight.shift.measure.Proportion;

/**
 * How well some rows tell how far two groups are apart.
 *
 * @param tooFew whether a rate that is compared rests on too few rows
 * @param reach half of the gap's 95 % interval, the normal one of a difference of shares; of the event that is furthest apart
 */
public record GroupGap(boolean tooFew, double reach) {
    private static final double QUANTILE = 1.959963984540054;

    /** Of each rate that the constraint compares: with equalised odds one for either label, so that no label hides behind the other. */
    public static GroupGap of(FairnessMetrics counted, FairConstraint constraint) {
        boolean tooFew = false;
        double furthest = -1;
        double reach = Double.NaN;
        for (int event = 0; event < constraint.events(); event++) {
            Proportion one = group(counted, constraint, event, 1);
            Proportion other = group(counted, constraint, event, 0);
            tooFew |= one.tooFew() || other.tooFew();
            double gap = Math.abs(one.share() - other.share());
            if (gap > furthest) {
                furthest = gap;
                reach = QUANTILE * Math.sqrt(variance(one) + variance(other));
            }
        }
        return new GroupGap(tooFew, reach);
    }

    private static Proportion group(FairnessMetrics counted, FairConstraint constraint, int event, int z) {
        double rows = 0;
        double said = 0;
        for (int cell = 1 - z; cell < CellShares.CELLS; cell += 2) {
            if (constraint.counts(event, cell)) {
                rows += counted.rows()[cell];
                said += counted.positives()[cell];
            }
        }
        return new Proportion(said, rows);
    }

    private static double variance(Proportion of) {
        return of.share() * (1 - of.share()) / of.of();
    }
}
