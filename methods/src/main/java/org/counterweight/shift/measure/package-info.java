/**
 * What weights leave of the data, and what they make alike: {@link org.counterweight.shift.measure.WeightHistogram},
 * {@link org.counterweight.shift.measure.Balance}.
 */
@NullMarked
package org.counterweight.shift.measure;

import org.jspecify.annotations.NullMarked;
