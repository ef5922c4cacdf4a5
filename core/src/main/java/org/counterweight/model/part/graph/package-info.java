/**
 * Graph convolutions over messages that count more or less, each a {@link org.counterweight.model.part.graph.GraphLayer}: GCN,
 * GraphSAGE and GIN, over sparse edges alone.
 */
@NullMarked
package org.counterweight.model.part.graph;

import org.jspecify.annotations.NullMarked;
