package org.counterweight.jobs.data;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.counterweight.data.Dataset;
import org.counterweight.data.RowValues;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Tensors;

/**
 * Where rows stand in their files, whatever they were split into: a number that goes with each.
 *
 * @param ids of the rows that parts may be held out of; empty if they have none
 * @param testIds of the rows of a file to judge by
 */
record RowPlaces(List<String> ids, List<String> testIds) {
    private static final String PLACE = "place";
    private static final int AT_A_TIME = 256;

    /** {@code rows} with their places; themselves where nobody will ask for ids. */
    Dataset of(Dataset rows) {
        return ids.isEmpty() ? rows : beside(rows);
    }

    /** The same of a file to judge by. */
    Dataset ofTest(Dataset rows) {
        return testIds.isEmpty() ? rows : beside(rows);
    }

    /** The ids of the rows to judge by; {@code hasFile} if these have a file of their own. */
    List<String> ids(Dataset test, boolean hasFile) {
        List<String> all = hasFile ? testIds : ids;
        return all.isEmpty()
                ? all
                : Arrays.stream(placesOf(test)).mapToObj(all::get).toList();
    }

    /** {@code rows} with their places. */
    static Dataset beside(Dataset rows) {
        long[] places = LongStream.range(0, rows.size()).toArray();
        return new RowValues(Map.of(), Map.of(PLACE, places)).beside(rows);
    }

    /** Which rows of their file these are. */
    static int[] placesOf(Dataset part) {
        return IntStream.iterate(0, row -> row < part.size(), row -> row + AT_A_TIME)
                .flatMap(first -> some(part, first, Math.min(part.size(), first + AT_A_TIME)))
                .toArray();
    }

    private static IntStream some(Dataset part, int from, int to) {
        try (var scope = Scope.open()) {
            long[] places = Tensors.toLongs(
                    part.batch(IntStream.range(from, to).toArray()).get(PLACE));
            return LongStream.of(places).mapToInt(Math::toIntExact);
        }
    }
}
