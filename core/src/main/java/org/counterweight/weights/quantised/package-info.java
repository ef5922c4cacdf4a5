/** Quantised weights, of whichever method: recognised by their names and settings, and refused as plain weights. */
@NullMarked
package org.counterweight.weights.quantised;

import org.jspecify.annotations.NullMarked;
