package org.counterweight.shift.solve;

import org.bytedeco.pytorch.Tensor;

/**
 * Where a solver stopped.
 *
 * @param x the variables
 * @param multipliers one a constraint, not negative
 * @param value f(x)
 * @param gap how far f(x) may lie above the least value: slacks times multipliers, in the units of f
 * @param residual the largest violation of the optimality conditions, relative to their terms
 * @param steps Newton steps
 * @param converged whether gap and residual are within the tolerance; if not, this is the best point there is
 */
public record Solution(
        Tensor x, Tensor multipliers, double value, double gap, double residual, int steps, boolean converged) {}
