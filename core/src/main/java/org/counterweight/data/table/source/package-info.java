/**
 * Where rows come from: separated values, JSON, Parquet and SQL, each behind {@link org.counterweight.data.table.source.RowSource}.
 */
@NullMarked
package org.counterweight.data.table.source;

import org.jspecify.annotations.NullMarked;
