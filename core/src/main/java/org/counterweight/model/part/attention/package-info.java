/** Attention over several heads, with its masks, rotary positions and biases of distance. */
@NullMarked
package org.counterweight.model.part.attention;

import org.jspecify.annotations.NullMarked;
