/**
 * What architectures are made of: attention, rotary positions, norms, pooling, heads, initial draws. A part is written once and shared
 * by every model of {@link org.counterweight.model.zoo} that has it.
 */
@NullMarked
package org.counterweight.model.part;

import org.jspecify.annotations.NullMarked;
