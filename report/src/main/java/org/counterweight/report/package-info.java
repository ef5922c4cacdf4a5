/**
 * The report of a run: one HTML page that stands alone, with no script and no address in it.
 *
 * <p>Start at {@link org.counterweight.report.Page}, what is told; the template {@code report.jte} says how it looks.
 * What a picture shows is computed here ({@link org.counterweight.report.Chart},
 * {@link org.counterweight.report.ConfusionPlot}), so that the template has markup only.
 */
@NullMarked
package org.counterweight.report;

import org.jspecify.annotations.NullMarked;
