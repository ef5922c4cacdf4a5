package org.counterweight.model.part;

/** The head on a transformer's last hidden state. */
public enum Head {
    /** Nothing: the logits are the mean of the hidden states over the real tokens, {@code [rows, width]}. */
    NONE,
    /** One score a class, {@code [rows, classes]}. */
    CLASSIFIER,
    /** One score a class at every position, {@code [rows, length, classes]}. */
    TOKEN_CLASSIFIER,
    /** One score a word of the vocabulary at every position, {@code [rows, length, vocabulary]}. */
    LANGUAGE;

    /**
     * Refuses a head that predicts no classes.
     *
     * @throws UnsupportedOperationException if this is another one than a classifier, of texts or of tokens
     */
    public void requireClasses() {
        if (this != CLASSIFIER && this != TOKEN_CLASSIFIER) {
            throw new UnsupportedOperationException("a model with this head tells no classes: " + this);
        }
    }
}
