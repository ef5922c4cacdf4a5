package org.counterweight.model.part.graph;

/** By what the sum of the messages into a node is divided. */
public enum MessageNorm {
    /**
     * By how many they are, as in the code of StruRW's authors: weights then change the scale of what a node receives, and with
     * GCN two domains come to lie on different scales.
     */
    UNWEIGHTED,
    /** By how much they count together, so that the scale stays: the better choice for GCN. */
    WEIGHTED
}
