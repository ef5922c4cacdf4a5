/**
 * Self-contained pictures, as SVG text: {@link org.counterweight.report.plot.Plot}. All share one look, without a
 * plotting library.
 */
@NullMarked
package org.counterweight.report.plot;

import org.jspecify.annotations.NullMarked;
