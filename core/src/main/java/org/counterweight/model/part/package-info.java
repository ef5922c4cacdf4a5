/**
 * What architectures are made of: norms, activations, pooling, kinds of heads, shapes, initial draws. A part is written once and shared
 * by every model of {@link org.counterweight.model.zoo} that has it.
 */
@NullMarked
package org.counterweight.model.part;

import org.jspecify.annotations.NullMarked;
