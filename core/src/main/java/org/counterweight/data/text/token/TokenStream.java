package org.counterweight.data.text.token;

import java.util.List;

/** Tokens of many documents one after the other, the documents of a domain together. Thread-safe. */
public interface TokenStream {
    /**
     * The documents of one kind.
     *
     * @param name empty where there is but one kind
     * @param from where its tokens begin
     * @param tokens how many these are
     */
    record Domain(String name, long from, long tokens) {}

    /** In the order of the tokens. */
    List<Domain> domains();

    /** The token that ends a document. */
    int end();

    /** Copies the tokens from {@code from} on into {@code to}, from {@code at} on. */
    void copy(long from, long[] to, int at, int count);
}
