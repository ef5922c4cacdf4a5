/**
 * Fairness as a constraint: on the covariance of scores and group, or on the rates of a mixture of classifiers.
 */
@NullMarked
package org.counterweight.shift.fairness.constraint;

import org.jspecify.annotations.NullMarked;
