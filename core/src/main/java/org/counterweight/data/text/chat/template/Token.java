package org.counterweight.data.text.chat.template;

/**
 * A word of the code in a template.
 *
 * @param value what a text or number stands for, else the word itself
 */
record Token(Kind kind, Object value) {
    enum Kind {
        NAME,
        TEXT,
        NUMBER,
        SIGN,
        END
    }

    boolean is(Kind other, String word) {
        return kind == other && value.equals(word);
    }

    @Override
    public String toString() {
        return kind == Kind.END ? "the end" : "\"" + value + "\"";
    }
}
