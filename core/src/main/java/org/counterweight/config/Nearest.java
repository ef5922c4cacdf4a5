package org.counterweight.config;

import java.util.Collection;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Finds the word that was probably meant. */
public final class Nearest {
    private Nearest() {}

    /** The candidate with the fewest edits to {@code word}, if a third of its letters at most are wrong; else null. */
    public static @Nullable String to(String word, Collection<String> candidates) {
        String best = null;
        int fewest = Integer.MAX_VALUE;
        for (String candidate : candidates) {
            int edits = edits(word.toLowerCase(Locale.ROOT), candidate.toLowerCase(Locale.ROOT));
            if (edits < fewest) {
                fewest = edits;
                best = candidate;
            }
        }
        return best != null && fewest <= Math.max(1, Math.max(word.length(), best.length()) / 3) ? best : null;
    }

    /**
     * How a message about an unknown word ends: {@code ; did you mean "rank"? Known: rank, alpha}.
     *
     * @param lead what stands before the candidates: {@code Known:}
     */
    public static String hint(String word, Collection<String> candidates, String lead) {
        String nearest = to(word, candidates);
        return (nearest == null ? ". " : "; did you mean \"" + nearest + "\"? ") + lead + " "
                + String.join(", ", candidates);
    }

    /** Levenshtein's distance, with a swap of neighbours counted as one edit. */
    private static int edits(String a, String b) {
        int[][] d = new int[a.length() + 1][b.length() + 1];
        for (int i = 0; i <= a.length(); i++) {
            for (int j = 0; j <= b.length(); j++) {
                if (i == 0 || j == 0) {
                    d[i][j] = i + j;
                    continue;
                }
                int change = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
                d[i][j] = Math.min(Math.min(d[i - 1][j], d[i][j - 1]) + 1, d[i - 1][j - 1] + change);
                if (i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1)) {
                    d[i][j] = Math.min(d[i][j], d[i - 2][j - 2] + 1);
                }
            }
        }
        return d[a.length()][b.length()];
    }
}
