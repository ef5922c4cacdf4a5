package org.counterweight.studies.bed;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;
import org.counterweight.engine.Seed;

/** Which rows of each class are to judge by, to choose by and to learn from, drawn anew for each seed. */
public record ClassShares(int[] judged, int[] chosen, int[] learnt) {
    /**
     * Of a class with fewer rows, those to learn from are the ones that are missing.
     *
     * @param labels the class of each row
     * @param learnt how many of a class to learn from
     */
    public static ClassShares of(
            int[] labels, int classes, int judged, int chosen, IntUnaryOperator learnt, Seed seed) {
        var parts = List.of(new ArrayList<Integer>(), new ArrayList<Integer>(), new ArrayList<Integer>());
        for (int c = 0; c < classes; c++) {
            int wanted = c;
            int[] own = IntStream.range(0, labels.length)
                    .filter(row -> labels[row] == wanted)
                    .toArray();
            int[] order = seed.child(c).permutation(own.length);
            int all = Math.min(own.length, judged + chosen + learnt.applyAsInt(c));
            for (int place = 0; place < all; place++) {
                parts.get(place < judged ? 0 : place < judged + chosen ? 1 : 2).add(own[order[place]]);
            }
        }
        return new ClassShares(rows(parts.get(0)), rows(parts.get(1)), rows(parts.get(2)));
    }

    private static int[] rows(List<Integer> rows) {
        return rows.stream().mapToInt(Integer::intValue).toArray();
    }
}
