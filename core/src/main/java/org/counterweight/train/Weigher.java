package org.counterweight.train;

import org.bytedeco.pytorch.Tensor;

/**
 * Rows get a number each: by their loss, their class, their group, how likely they are elsewhere.
 *
 * <p>A weigher has no memory of its own: what a weight depends on is in {@link Rows}.
 */
@FunctionalInterface
public interface Weigher {
    /**
     * One weight a row.
     *
     * @return {@code [M]}, not negative, sum 1, without gradient, of the type of {@link Rows#losses}
     */
    Tensor weights(Rows rows);
}
