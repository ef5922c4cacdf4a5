/**
 * Models become one: merged, averaged, interpolated.
 *
 * <p>Start at {@link org.counterweight.merge.method.LinearConfig}, the plainest: a settings record whose formula stands once, for
 * models in memory, for files and for mergekit's grammar. {@link org.counterweight.merge.InMemory} merges models that are in
 * memory, {@code merge.stream} those that lie in files. A {@link org.counterweight.weights.Combiner} sees one tensor of each
 * model at a time and knows nothing of files. Updates that must not break what worked are in {@code merge.update}, weights that
 * depend on the sample in {@code merge.dynamic}.
 */
@NullMarked
package org.counterweight.merge;

import org.jspecify.annotations.NullMarked;
