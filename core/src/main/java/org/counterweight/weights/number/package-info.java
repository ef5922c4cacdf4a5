/**
 * Number formats of stored weights as Java arrays: widened for arithmetic and rounded for storage, with vector
 * instructions. Start at {@link org.counterweight.weights.number.FloatFormat}.
 */
@NullMarked
package org.counterweight.weights.number;

import org.jspecify.annotations.NullMarked;
