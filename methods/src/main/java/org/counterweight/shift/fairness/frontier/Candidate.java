package org.counterweight.shift.fairness.frontier;

import java.io.Serializable;
import java.util.List;
import org.counterweight.shift.fairness.FairnessMetrics;
import org.counterweight.shift.fairness.constraint.FairConstraint;

/**
 * One classifier that was tried.
 *
 * @param strength how strongly it was held to the constraint, in words; empty where it was not
 * @param chosen what it says about the rows to choose by, counted as they will come
 * @param judged what it says about the rows to judge by, likewise
 * @param counted what it says about the rows to judge by, each counted once: for intervals
 */
record Candidate(
        FairTrainingConfig.Algorithm algorithm,
        String strength,
        FairClassifier classifier,
        FairnessMetrics chosen,
        FairnessMetrics judged,
        FairnessMetrics counted)
        implements Serializable {
    /** The gap that the constraint is about. */
    static double gap(FairnessMetrics metrics, FairConstraint constraint) {
        return switch (constraint) {
            case DEMOGRAPHIC_PARITY -> Math.abs(metrics.parityDifference());
            case EQUAL_OPPORTUNITY -> Math.abs(metrics.opportunityDifference());
            case EQUALIZED_ODDS -> metrics.oddsGap();
        };
    }

    /** The place of the most accurate with a gap of at most {@code most}, or, if none has one, of the least gap. */
    static int best(List<Candidate> all, FairConstraint constraint, double most) {
        int best = 0;
        for (int i = 1; i < all.size(); i++) {
            double gap = gap(all.get(i).chosen, constraint);
            double gapOfBest = gap(all.get(best).chosen, constraint);
            boolean better = gapOfBest <= most
                    ? gap <= most
                            && all.get(i).chosen.accuracy()
                                    > all.get(best).chosen.accuracy()
                    : gap < gapOfBest;
            best = better ? i : best;
        }
        return best;
    }
}
