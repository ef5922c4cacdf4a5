/**
 * The report of a run: one self-contained HTML page, without scripts or links to the network.
 *
 * <p>Start at {@link org.counterweight.report.Page}, the content; the template {@code report.jte} has the layout. What
 * a picture shows is computed here ({@link org.counterweight.report.Chart},
 * {@link org.counterweight.report.ConfusionPlot}), so that the template has markup only.
 */
@NullMarked
package org.counterweight.report;

import org.jspecify.annotations.NullMarked;
