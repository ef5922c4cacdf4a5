/**
 * Weight normalization. Start at {@link org.counterweight.reparametrize.norm.WeightNorm}, the weight as a length and a direction;
 * {@link org.counterweight.reparametrize.norm.Lengths} is its arithmetic.
 */
@NullMarked
package org.counterweight.reparametrize.norm;

import org.jspecify.annotations.NullMarked;
