package org.counterweight.incremental.run;

import java.util.HashSet;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.counterweight.engine.Seed;

/**
 * Rows that BiC corrects by and nothing is trained on: about a tenth of the quota of each class, old and new alike, but never
 * a class's last row.
 */
public record HeldOut(int[] rows) {
    /** No rows. */
    public static final HeldOut NONE = new HeldOut(new int[0]);

    private static final int SHARE = 10;

    /**
     * @param kept rows of each old class, the most telling first: of these the last are held out
     * @param added rows of each new class: of these any
     */
    public static HeldOut of(List<int[]> kept, List<int[]> added, int quota, Seed seed) {
        int each = Math.max(1, quota / SHARE);
        IntStream old = kept.stream().flatMapToInt(rows -> IntStream.of(rows).skip(Math.max(1, rows.length - each)));
        IntStream young = IntStream.range(0, added.size()).flatMap(c -> {
            int[] rows = added.get(c);
            return IntStream.of(seed.child(c).permutation(rows.length))
                    .limit(Math.max(0, Math.min(each, rows.length - 1)))
                    .map(place -> rows[place]);
        });
        return new HeldOut(IntStream.concat(old, young).toArray());
    }

    /** The others of these rows, in their order. */
    public int[] without(int[] all) {
        var held = IntStream.of(rows).boxed().collect(Collectors.toCollection(HashSet::new));
        return IntStream.of(all).filter(row -> !held.contains(row)).toArray();
    }

    /** The others of the rows from 0 to {@code size} − 1. */
    public int[] without(int size) {
        return without(IntStream.range(0, size).toArray());
    }
}
