/**
 * Pictures that stand alone, as SVG text: {@link org.counterweight.report.plot.Plot}. One look for all, without a library that
 * draws.
 */
@NullMarked
package org.counterweight.report.plot;

import org.jspecify.annotations.NullMarked;
