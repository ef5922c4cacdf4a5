package org.counterweight.jobs.grow;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Rows and the class of each.
 *
 * @param <R> a row without its class
 * @param labels an index into {@code labelNames} for each row
 */
record Labelled<R>(List<R> rows, int[] labels, List<String> labelNames) {
    Labelled {
        rows = List.copyOf(rows);
        labelNames = List.copyOf(labelNames);
    }

    /**
     * The same rows behind classes that are known.
     *
     * @param all the known classes, then these
     */
    Labelled<R> behind(List<String> all) {
        int known = all.size() - labelNames.size();
        return new Labelled<>(
                rows, IntStream.of(labels).map(label -> known + label).toArray(), all);
    }

    /** The same, with rows of known classes behind them. */
    Labelled<R> and(Exemplars<R> kept) {
        var more = new ArrayList<>(rows);
        var numbers = IntStream.builder();
        IntStream.of(labels).forEach(numbers::add);
        kept.byClass().forEach((label, some) -> {
            more.addAll(some);
            some.forEach(row -> numbers.add(labelNames.indexOf(label)));
        });
        return new Labelled<>(more, numbers.build().toArray(), labelNames);
    }
}
