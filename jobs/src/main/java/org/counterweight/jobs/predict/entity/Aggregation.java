package org.counterweight.jobs.predict.entity;

/** How the tags of tokens become entities; as transformers' pipeline of that name. */
public enum Aggregation {
    /** Tokens that follow one another and have one type, each with the likeliest tag of its own, are one entity. */
    SIMPLE,
    /** The likeliest tag of a word's first token is the word's; then words are put together in the same way. */
    FIRST
}
