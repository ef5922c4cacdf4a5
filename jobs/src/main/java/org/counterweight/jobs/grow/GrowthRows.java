package org.counterweight.jobs.grow;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.counterweight.data.LabelledDataset;

/**
 * The rows that a model grows by: those of new classes, then those that are kept of old ones.
 *
 * @param kept rows of each old class of which any are kept, the most telling first
 * @param added rows of each new class
 */
record GrowthRows(LabelledDataset all, List<int[]> kept, List<int[]> added) {
    /** @param labels of all classes, the old ones first */
    static <R> GrowthRows of(
            Labelled<R> fresh, Exemplars<R> remembered, List<String> labels, GrowthKind<R> kind) {
        var kept = new ArrayList<int[]>();
        int row = fresh.rows().size();
        for (List<R> some : remembered.byClass().values()) {
            kept.add(IntStream.range(row, row + some.size()).toArray());
            row += some.size();
        }
        List<int[]> added = IntStream.range(0, fresh.labelNames().size())
                .mapToObj(c -> IntStream.range(0, fresh.labels().length)
                        .filter(place -> fresh.labels()[place] == c)
                        .toArray())
                .toList();
        return new GrowthRows(kind.seen(fresh.behind(labels).and(remembered)), kept, added);
    }

    LabelledDataset select(int[] rows) {
        return all.select(rows);
    }
}
