package org.counterweight.graph.layer;

/** By what the sum of the messages into a node is divided. */
public enum Normalization {
    /**
     * By how many they are, as in the authors' code: weights then change the scale of what a node receives, and with GCN the two
     * domains come to lie on different scales.
     */
    UNWEIGHTED,
    /** By how much they count together, so that the scale stays: the better choice for GCN. */
    WEIGHTED
}
