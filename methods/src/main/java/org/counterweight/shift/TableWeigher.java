package org.counterweight.shift;

import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.engine.Seed;
import org.jspecify.annotations.Nullable;

/**
 * Rows of a whole table get a number each, before a model is trained with them.
 *
 * @param <F> what is fitted; to be closed, since it may hold tensors
 */
public interface TableWeigher<F extends AutoCloseable> {
    /**
     * Looks at the tables.
     *
     * @param source the rows at hand
     * @param target rows of where the model will be used; null if there is no such table
     * @param seed of every draw
     * @throws ShiftException if the tables cannot be weighed
     */
    F fit(Source source, @Nullable Source target, Seed seed);

    /** The names of what rows of that table get; none if they get nothing. */
    List<String> columns(Side side);

    /** Those of {@link #columns} that are weights; the others are answers, which are written beside them. */
    default List<String> weights(Side side) {
        return columns(side);
    }

    /** The weights of some rows of a table that was fitted. */
    Weights apply(F fitted, Side side, Chunk rows);

    /** What was fitted, by name, as it is kept in a file. Tensors belong to the open scope. */
    Map<String, Tensor> state(F fitted);

    /** What is to be told. */
    Findings findings(F fitted);
}
