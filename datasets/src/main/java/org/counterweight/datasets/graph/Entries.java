package org.counterweight.datasets.graph;

import java.util.List;

/**
 * The nodes of a graph before they are numbers.
 *
 * @param texts what each says about itself
 * @param labels the number of each one's class
 * @param edges of two nodes each: the one that refers, and the one that it refers to
 */
record Entries(List<String> texts, List<Integer> labels, List<int[]> edges) {
    static final List<String> CLASSES = List.of("animal", "plant", "body", "substance", "artifact");
}
