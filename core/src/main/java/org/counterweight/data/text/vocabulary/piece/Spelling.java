package org.counterweight.data.text.vocabulary.piece;

/**
 * How a text is spelt before it is cut into pieces, by SentencePiece's {@code normalizer_spec}.
 *
 * @param rules their name, such as {@code nmt_nfkc}
 * @param characters which are written as which, in SentencePiece's compiled form and base64; empty where all stay
 * @param prefixed whether a blank comes before the text
 * @param collapsed whether blanks at the ends are taken away, and several in a row made one
 */
public record Spelling(String rules, String characters, boolean prefixed, boolean collapsed) {
    /** What the format takes where a file says nothing. */
    static final Spelling USUAL = new Spelling("", "", true, true);

    /** Whether the rules compose letters and their marks, as Unicode's form KC does. */
    public boolean composes() {
        return rules.contains("nfkc") && !characters.isEmpty();
    }
}
