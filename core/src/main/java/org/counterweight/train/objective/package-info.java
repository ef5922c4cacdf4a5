/**
 * What is minimised: one loss for each row ({@link org.counterweight.train.objective.Objective}), and terms added to
 * their sum ({@link org.counterweight.train.objective.Regularizer}).
 */
@NullMarked
package org.counterweight.train.objective;

import org.jspecify.annotations.NullMarked;
