package org.counterweight.jobs.data.columns;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.counterweight.config.Configs;
import org.counterweight.data.Dataset;
import org.counterweight.data.RowValues;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Tensors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * Where rows stand in their files, whatever they were split into: a number that goes with each, by which they are named when
 * something is told of them.
 *
 * @param line an object of a row that parts may be held out of, by its place, to which is added what is told
 * @param testLine of a row of a file to judge by
 */
public record RowPlaces(IntFunction<ObjectNode> line, IntFunction<ObjectNode> testLine) {
    private static final String PLACE = "place";
    private static final int AT_A_TIME = 256;

    /** Objects with ids, where rows have them, and else with their numbers, from 1; and with texts, where they are some. */
    public static IntFunction<ObjectNode> lines(List<String> ids, @Nullable List<String> texts) {
        return place -> {
            ObjectNode line = Configs.JSON.createObjectNode();
            if (ids.isEmpty()) {
                line.put("row", place + 1);
            } else {
                line.put("id", ids.get(place));
            }
            return texts == null ? line : line.put("text", texts.get(place));
        };
    }

    /** The objects of the rows to judge by; {@code hasFile} if these have a file of their own. */
    public List<ObjectNode> begun(Dataset test, boolean hasFile) {
        return Arrays.stream(placesOf(test)).mapToObj(hasFile ? testLine : line).toList();
    }

    /** {@code rows} with their places. */
    public static Dataset beside(Dataset rows) {
        long[] places = LongStream.range(0, rows.size()).toArray();
        return new RowValues(Map.of(), Map.of(PLACE, places)).beside(rows);
    }

    /** Which rows of their file these are. */
    public static int[] placesOf(Dataset part) {
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
