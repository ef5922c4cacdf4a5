package org.counterweight.jobs.grow;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.counterweight.data.LabelledDataset;
import org.counterweight.data.text.LabelledTexts;
import org.counterweight.data.text.TextClassification;
import org.counterweight.data.text.TextTokenizer;

/**
 * The texts that a model grows by: those of new classes, then those that are kept of old ones.
 *
 * @param kept rows of each old class of which any are kept, the most telling first
 * @param added rows of each new class
 */
record GrowthRows(TextClassification all, List<int[]> kept, List<int[]> added) {
    /** @param labels of all classes, the old ones first */
    static GrowthRows of(LabelledTexts fresh, Exemplars remembered, List<String> labels, TextTokenizer tokenizer) {
        int known = labels.size() - fresh.labelNames().size();
        var texts = new ArrayList<>(fresh.texts());
        var numbers = new ArrayList<Integer>();
        IntStream.of(fresh.labels()).forEach(label -> numbers.add(known + label));
        var kept = new ArrayList<int[]>();
        remembered.byClass().forEach((label, some) -> {
            kept.add(IntStream.range(texts.size(), texts.size() + some.size()).toArray());
            texts.addAll(some);
            some.forEach(text -> numbers.add(labels.indexOf(label)));
        });
        var all = new LabelledTexts(
                texts, numbers.stream().mapToInt(Integer::intValue).toArray(), labels);
        List<int[]> added = IntStream.range(0, fresh.labelNames().size())
                .mapToObj(c -> IntStream.range(0, fresh.texts().size())
                        .filter(row -> fresh.labels()[row] == c)
                        .toArray())
                .toList();
        return new GrowthRows(TextClassification.of(all, tokenizer), kept, added);
    }

    LabelledDataset select(int[] rows) {
        return all.select(rows);
    }
}
