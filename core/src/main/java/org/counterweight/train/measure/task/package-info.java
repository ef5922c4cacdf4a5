/** Metrics of tasks whose answer is not one class a row: words' entities, sets of classes, scores, domains of text. */
@NullMarked
package org.counterweight.train.measure.task;

import org.jspecify.annotations.NullMarked;
