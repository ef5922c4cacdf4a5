/**
 * Users' tables as rows of numbers: {@link org.counterweight.jobs.weigh.table.InputTable} reads one or several files,
 * or the result of SQL, {@link org.counterweight.jobs.weigh.table.FeatureEncoding} turns columns into features, and
 * {@link org.counterweight.jobs.weigh.table.EncodedTable} is what a weigher sees.
 */
@NullMarked
package org.counterweight.jobs.weigh.table;

import org.jspecify.annotations.NullMarked;
