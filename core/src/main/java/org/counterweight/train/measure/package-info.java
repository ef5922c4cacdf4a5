/**
 * Metrics on held-out rows. Start at {@link org.counterweight.train.measure.Evaluator}. A new metric is a record of
 * settings and a line in {@link org.counterweight.train.measure.Metrics}.
 */
@NullMarked
package org.counterweight.train.measure;

import org.jspecify.annotations.NullMarked;
