/**
 * Models become one: merged, averaged, interpolated.
 *
 * <p>Start at {@link org.counterweight.merge.stock.ModelStock}, a {@link org.counterweight.weights.Combiner} with a formula of its
 * own, and {@link org.counterweight.merge.soup.UniformSoup}, the plainest. A combiner sees one tensor of each model at a time and
 * knows nothing of files; {@link org.counterweight.merge.InMemory} applies one to models that are in memory. Updates that
 * must not break what worked are in {@code merge.update}, weights that depend on the sample in {@code merge.dynamic}.
 */
@NullMarked
package org.counterweight.merge;

import org.jspecify.annotations.NullMarked;
