package org.counterweight.data;

import java.util.List;
import org.counterweight.model.Batch;
import org.jspecify.annotations.Nullable;

/** Rows of data, numbered from 0, any of which become a {@link Batch}. Immutable; the order of batches is {@link Batching}'s. */
public interface Dataset {
    /** How many rows. */
    int size();

    /**
     * These rows as tensors, in this order, with {@link Batch#ROW} holding their numbers ({@code int64 [rows]}). The tensors
     * belong to the open scope.
     */
    Batch batch(int... rows);

    /** How much a row costs, in tokens: rows of like length are put together. 1 where all rows cost the same. */
    default int length(int row) {
        return 1;
    }

    /**
     * Whether all rows share what is computed of them, as nodes of a graph do, so that all at once cost hardly more than one.
     */
    default boolean isOneContext() {
        return false;
    }

    /** The text of a row, for whoever keeps or shows it; null where rows are no texts. */
    default @Nullable String text(int row) {
        return null;
    }

    /** The names of the domains that rows are of; none, or one without a name, where all are of one kind. */
    default List<String> domains() {
        return List.of();
    }

    /** The number of a row's domain, below the number of {@link #domains}; 0 where there are none. */
    default int domain(int row) {
        return 0;
    }

    /** Some of the rows, as a data set of its own whose rows are numbered anew from 0. */
    default Dataset select(int... rows) {
        return new Subset(this, rows);
    }
}
