/** Weights that are stored as codes of few bits, by whichever method: known by their names and settings, and refused as weights. */
@NullMarked
package org.counterweight.weights.quantised;

import org.jspecify.annotations.NullMarked;
