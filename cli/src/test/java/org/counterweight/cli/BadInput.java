package org.counterweight.cli;

import java.util.List;
import java.util.function.Function;

/**
 * Something given wrongly, and what must be said of it.
 *
 * @param about what is wrong, in the words of the table
 * @param status 2 if the request was wrong, 1 if the work failed
 * @param words makes the bad input in a sandbox and tells the words to call {@code cw} with
 * @param said what the message must have: where it is, what was found, what to do
 */
record BadInput(String about, int status, Function<Sandbox, List<String>> words, List<String> said) {
    static BadInput of(String about, Function<Sandbox, List<String>> words, String... said) {
        return new BadInput(about, 2, words, List.of(said));
    }

    /** Of which only the work itself can tell. */
    BadInput inTheWork() {
        return new BadInput(about, 1, words, said);
    }

    @Override
    public String toString() {
        return about;
    }
}
