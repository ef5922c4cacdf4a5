package org.counterweight.shift.doubleweighting.table;

import java.io.Serializable;
import java.util.List;
import java.util.Map;
import org.counterweight.shift.RowWeights;
import org.counterweight.shift.measure.WeightHistogram;
import org.jspecify.annotations.Nullable;

/**
 * What was found for two tables.
 *
 * @param d D, the one that was taken
 * @param sigma width of the kernel
 * @param exact whether the kernel was held in full
 * @param beta of each training row
 * @param alpha of each row of the deployment
 * @param objective vᵀ K v
 * @param gap how far above the least it may lie
 * @param converged whether the solver reached its tolerance
 * @param ofBeta how β is spread
 * @param ofAlpha how α is spread
 * @param highest the bound of β
 * @param atBound training rows at it
 * @param doubtful rows of the deployment with α below a half
 * @param alone rows of the deployment without training rows near them; −1 where that is not known
 * @param repeats whether rows are the same
 * @param tried each D that was tried with its guaranteed risk; empty without labels
 * @param learnt tau, lambda and mu of the classifier; empty without labels
 * @param predictions the classifier's label of each row of the deployment; null without labels
 */
record DoubleTableFit(
        double d,
        double sigma,
        boolean exact,
        RowWeights beta,
        RowWeights alpha,
        double objective,
        double gap,
        boolean converged,
        WeightHistogram ofBeta,
        WeightHistogram ofAlpha,
        double highest,
        long atBound,
        long doubtful,
        long alone,
        boolean repeats,
        List<Tried> tried,
        Map<String, double[]> learnt,
        long @Nullable [] predictions)
        implements AutoCloseable, Serializable {
    /** One D. */
    record Tried(double d, double risk, double lambda, double effectiveTraining, double effectiveDeployed)
            implements Serializable {}

    @Override
    public void close() {} // plain numbers
}
