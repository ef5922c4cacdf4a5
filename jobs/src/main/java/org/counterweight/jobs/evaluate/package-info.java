/** Evaluates a model on rows whose answers are known: figures with intervals, by group, and its worst mistakes. */
@NullMarked
package org.counterweight.jobs.evaluate;

import org.jspecify.annotations.NullMarked;
