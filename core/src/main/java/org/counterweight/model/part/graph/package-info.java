/**
 * Graph convolutions over weighted messages, each a {@link org.counterweight.model.part.graph.GraphLayer}: GCN,
 * GraphSAGE and GIN, over sparse edges alone.
 */
@NullMarked
package org.counterweight.model.part.graph;

import org.jspecify.annotations.NullMarked;
