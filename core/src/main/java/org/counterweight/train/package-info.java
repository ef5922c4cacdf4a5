/**
 * Training: what is minimised ({@link org.counterweight.train.objective.Objective}), how rows are weighed
 * ({@link org.counterweight.train.weigh.Weigher}), and the loop around them.
 *
 * <p>Start at {@link org.counterweight.train.Task}, which says what is trained, and {@link org.counterweight.train.Trainer},
 * which does it. A method that must act inside the loop implements {@link org.counterweight.train.event.TrainingEvents} or
 * {@link org.counterweight.train.objective.Regularizer}; who only wants to know how it goes implements
 * {@link org.counterweight.train.TrainingListener}.
 */
@NullMarked
package org.counterweight.train;

import org.jspecify.annotations.NullMarked;
