/**
 * Graphs whose classes are linked differently in training and in use: conditional structure shift, P(A | Y) of the source
 * graph is not that of the target.
 *
 * <p>S. Liu et al., "Structural Re-weighting Improves Graph Domain Adaptation", ICML 2023: how often classes are linked is
 * estimated in both graphs ({@link org.counterweight.graph.structure}), and each message of the source graph is multiplied
 * by the ratio ({@link org.counterweight.graph.run}). {@link org.counterweight.graph.Updates} says when the estimate is
 * renewed, {@link org.counterweight.graph.Reversal} how strongly a domain discriminator pulls.
 */
@NullMarked
package org.counterweight.graph;

import org.jspecify.annotations.NullMarked;
