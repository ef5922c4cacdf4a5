/** Columns beside what is learnt: weights, groups and ids of rows, and what decides which are held out. */
@NullMarked
package org.counterweight.jobs.data.columns;

import org.jspecify.annotations.NullMarked;
