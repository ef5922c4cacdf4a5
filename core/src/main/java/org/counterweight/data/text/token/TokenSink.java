package org.counterweight.data.text.token;

/** Takes the tokens of documents, domain by domain. */
public interface TokenSink {
    /** That the documents of another domain follow. */
    void domain(String name);

    /** A document, without the token that ends it, which is added. */
    void document(int... tokens);
}
