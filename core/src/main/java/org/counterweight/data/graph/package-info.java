/**
 * Graphs: nodes with features and classes, and the edges between them, which are the context of every batch. Start at
 * {@link org.counterweight.data.graph.Graph}; {@link org.counterweight.data.graph.GraphFiles} reads them.
 */
@NullMarked
package org.counterweight.data.graph;

import org.jspecify.annotations.NullMarked;
