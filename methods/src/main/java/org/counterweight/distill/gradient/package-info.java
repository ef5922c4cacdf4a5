/**
 * The gradient of a {@link org.counterweight.distill.trajectory.Matching}'s loss with respect to images, labels and inner rate, by
 * one of three {@link org.counterweight.distill.gradient.MatchingEngine engines}: {@link
 * org.counterweight.distill.gradient.Sweep}, exact and in the memory of one step, is the one to take; {@link
 * org.counterweight.distill.gradient.Unrolled} is exact by plain automatic differentiation, and {@link
 * org.counterweight.distill.gradient.Tesla} the published shortcut.
 */
@NullMarked
package org.counterweight.distill.gradient;

import org.jspecify.annotations.NullMarked;
