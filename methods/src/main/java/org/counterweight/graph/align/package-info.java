/** Ratios from soft predictions by least squares in place of hard pseudo-labels: Pair-Align. */
@NullMarked
package org.counterweight.graph.align;

import org.jspecify.annotations.NullMarked;
