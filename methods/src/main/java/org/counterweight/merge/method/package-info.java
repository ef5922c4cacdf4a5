/**
 * Merge methods that look at one tensor at a time, each a settings record. Start at
 * {@link org.counterweight.merge.method.LinearConfig}, the plainest: what a tensor becomes stands there once, as arithmetic on
 * blocks, for models in memory ({@link org.counterweight.merge.method.BlockCombiner}), for files and for mergekit's grammar.
 */
@NullMarked
package org.counterweight.merge.method;

import org.jspecify.annotations.NullMarked;
