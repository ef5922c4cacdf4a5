/**
 * Matching of trajectories: how far a few steps of training on the synthetic images miss the way of an expert, and the gradient
 * of that. What is matched stands in a {@link org.counterweight.distill.trajectory.Matching} and a {@link
 * org.counterweight.distill.trajectory.Segment}; three {@link org.counterweight.distill.trajectory.MatchingEngine engines} take
 * the gradient, two of them exactly.
 */
@NullMarked
package org.counterweight.distill.trajectory;

import org.jspecify.annotations.NullMarked;
