/** A model is judged by rows whose answers are known: figures with intervals, by group, and where it errs. */
@NullMarked
package org.counterweight.jobs.evaluate;

import org.jspecify.annotations.NullMarked;
