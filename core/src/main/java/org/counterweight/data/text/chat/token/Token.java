package org.counterweight.data.text.chat.token;

/**
 * A word of the code in a template.
 *
 * @param value what a text or number stands for, else the word itself
 */
public record Token(Kind kind, Object value) {
    /** What sort of word it is. */
    public enum Kind {
        NAME,
        TEXT,
        NUMBER,
        SIGN,
        END
    }

    /** Whether it is that word, of that kind. */
    public boolean is(Kind other, String word) {
        return kind == other && value.equals(word);
    }

    @Override
    public String toString() {
        return kind == Kind.END ? "the end" : "\"" + value + "\"";
    }
}
