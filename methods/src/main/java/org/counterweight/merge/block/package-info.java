/**
 * The arithmetic of merging, on blocks that fit the cache: one {@link org.counterweight.merge.block.TensorMerge} a method, and the
 * mathematics is there and nothing else is.
 */
@NullMarked
package org.counterweight.merge.block;

import org.jspecify.annotations.NullMarked;
