package org.counterweight.shift.doubleweighting.table;

import org.counterweight.shift.doubleweighting.DoubleWeights;
import org.counterweight.shift.doubleweighting.minimax.Expectations;
import org.counterweight.shift.doubleweighting.minimax.MinimaxClassifier;

/**
 * What came of one D.
 *
 * @param d D
 */
public record DoubleFit(double d, DoubleWeights weights, Expectations expectations, MinimaxClassifier classifier) {
    /** R(U). */
    public double risk() {
        return classifier.value();
    }
}
