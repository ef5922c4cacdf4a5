package org.counterweight.data.text;

import java.util.List;

/**
 * Rows of words as tokens.
 *
 * @param firsts of each row, where each word's first token stands; −1 of a word that was cut, or of which nothing is left
 */
public record WordRows(TokenRows tokens, List<int[]> firsts) {
    public WordRows {
        firsts = List.copyOf(firsts);
    }

    /** Where the first tokens of a row's words stand. */
    public int[] first(int row) {
        return firsts.get(row).clone();
    }
}
