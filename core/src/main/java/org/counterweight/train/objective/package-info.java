/**
 * What is minimised: one loss a row ({@link org.counterweight.train.objective.Objective}), and what is added to their sum
 * ({@link org.counterweight.train.objective.Regularizer}).
 */
@NullMarked
package org.counterweight.train.objective;

import org.jspecify.annotations.NullMarked;
