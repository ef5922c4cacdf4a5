/**
 * Tables of users as rows of numbers: {@link org.counterweight.jobs.weigh.table.InputTable} reads a file, several, or what SQL
 * says, {@link org.counterweight.jobs.weigh.table.FeatureEncoding} makes features of its columns, and
 * {@link org.counterweight.jobs.weigh.table.EncodedTable} is what a weigher sees.
 */
@NullMarked
package org.counterweight.jobs.weigh.table;

import org.jspecify.annotations.NullMarked;
