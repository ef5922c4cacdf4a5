/**
 * What is matched: a {@link org.counterweight.distill.trajectory.Segment} of an expert's way, by the inner loop and the loss that a
 * {@link org.counterweight.distill.trajectory.Matching} describes. The gradient is taken in {@link
 * org.counterweight.distill.gradient}.
 */
@NullMarked
package org.counterweight.distill.trajectory;

import org.jspecify.annotations.NullMarked;
