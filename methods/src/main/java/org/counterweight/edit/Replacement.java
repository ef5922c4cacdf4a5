package org.counterweight.edit;

/** Where the value of an entry that serves a row stands in place of the layer's output. */
public enum Replacement {
    /** At every position; in generation at every token that is added, too. */
    REPLACE_ALL,
    /** At the key token alone. */
    REPLACE_LAST,
    /** Before the key token. */
    REPLACE_PROMPT
}
