package org.counterweight.shift.doubleweighting;

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
