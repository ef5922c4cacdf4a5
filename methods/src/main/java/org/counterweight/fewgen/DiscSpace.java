package org.counterweight.fewgen;

/** What of a token is compared between the prefixes of the labels. */
public enum DiscSpace {
    /** Its log probability: the loss is −log of the label's posterior given the token, all labels being equally likely. */
    LOGPROB,
    /** Its logit, as in the official code: the same but for the differences of log partition between prefixes. */
    LOGIT
}
