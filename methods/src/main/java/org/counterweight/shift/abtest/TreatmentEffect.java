package org.counterweight.shift.abtest;

import java.util.ArrayList;
import java.util.List;
import org.counterweight.shift.ShiftException;

/**
 * The difference of the arms' means for one metric, with Welch's two-sample test.
 *
 * @param estimate mean of the treatment less mean of the control
 * @param error its standard error
 * @param t estimate / error
 * @param df Welch's degrees of freedom
 * @param pValue two-sided
 * @param low of the confidence interval
 * @param high of the confidence interval
 */
public record TreatmentEffect(
        double estimate, double error, double t, double df, double pValue, double low, double high) {
    /**
     * One effect a metric.
     *
     * @param confidence of the interval, in (0, 1)
     * @throws ShiftException if an arm has fewer than two records
     */
    public static List<TreatmentEffect> of(ArmSums treatment, ArmSums control, double confidence) {
        refuseFew("treatment", treatment);
        refuseFew("control", control);
        var effects = new ArrayList<TreatmentEffect>();
        for (int k = 0; k < treatment.means().length; k++) {
            double ofTreatment = treatment.variance(k) / treatment.count();
            double ofControl = control.variance(k) / control.count();
            double variance = ofTreatment + ofControl;
            double estimate = treatment.means()[k] - control.means()[k];
            double error = Math.sqrt(variance);
            double df = variance
                    * variance
                    / (ofTreatment * ofTreatment / (treatment.count() - 1)
                            + ofControl * ofControl / (control.count() - 1));
            double t = estimate / error;
            double reach = variance == 0 ? 0 : StudentT.quantile(confidence, df) * error;
            effects.add(new TreatmentEffect(
                    estimate, error, t, df, StudentT.twoSided(t, df), estimate - reach, estimate + reach));
        }
        return List.copyOf(effects);
    }

    private static void refuseFew(String arm, ArmSums sums) {
        if (sums.count() < 2) {
            throw new ShiftException("the " + arm + " has " + (long) sums.count()
                    + (sums.count() == 1 ? " record" : " records")
                    + "; an effect and its error need at least two in each arm");
        }
    }
}
