package org.counterweight.fewgen.generate;

import java.util.Locale;

/** What became of a text that was written. */
public enum Fate {
    ACCEPTED("accepted"),
    NO_END("did not end within the tokens allowed"),
    LINE_BREAK("begins with a line break"),
    BAD_TOKEN("has what no text of the task may have"),
    EMPTY("is empty"),
    SEED_ROW("is one of the few examples"),
    REPEATED("was written before");

    private final String words;

    Fate(String words) {
        this.words = words;
    }

    /** As it stands in files: {@code no_end}. */
    public String key() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** What is said about the text. */
    public String words() {
        return words;
    }
}
