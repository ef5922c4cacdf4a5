/**
 * Graphs made from dictionaries: {@link org.counterweight.datasets.graph.DictionaryGraphs} makes two of one kind, a
 * century apart, with the same classes and the same words as features.
 */
@NullMarked
package org.counterweight.datasets.graph;

import org.jspecify.annotations.NullMarked;
