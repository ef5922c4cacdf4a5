package org.counterweight.jobs.data;

import java.util.Locale;
import java.util.function.Consumer;
import org.counterweight.data.text.TokenRows;

/**
 * Of so many texts, how many had more tokens than the length they were cut at.
 *
 * @param length tokens of a text, special ones included
 */
public record Truncation(int cut, int texts, int length) {
    public static Truncation of(TokenRows rows, int length) {
        return new Truncation(rows.truncated(), rows.size(), length);
    }

    public Truncation and(Truncation other) {
        return new Truncation(cut + other.cut, texts + other.texts, length);
    }

    /** Says so if any was cut; {@code remedy} is what lets more be read. */
    public void tell(String remedy, Consumer<String> remarks) {
        if (cut > 0) {
            remarks.accept(String.format(
                    Locale.ROOT, "%,d of %,d texts were cut at %,d tokens; %s", cut, texts, length, remedy));
        }
    }

    /** Counts texts that are read some at a time. */
    public static final class Tally {
        private Truncation sum;

        /** @param length tokens of a text */
        public Tally(int length) {
            sum = new Truncation(0, 0, length);
        }

        /** Counts those of these. */
        public synchronized void add(TokenRows rows) {
            sum = sum.and(of(rows, sum.length()));
        }

        /** Counts one text. */
        public synchronized void add(boolean isCut) {
            sum = sum.and(new Truncation(isCut ? 1 : 0, 1, sum.length()));
        }

        public synchronized Truncation all() {
            return sum;
        }
    }
}
