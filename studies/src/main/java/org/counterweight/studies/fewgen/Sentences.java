package org.counterweight.studies.fewgen;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.counterweight.data.LabelledDataset;
import org.counterweight.engine.Tensors;
import org.counterweight.model.Batch;

/** Texts of the made language and the label of each, padded with the word that ends a text. */
record Sentences(List<long[]> texts, List<Integer> labels) implements LabelledDataset {
    Sentences {
        texts = List.copyOf(texts);
        labels = List.copyOf(labels);
    }

    /** Labels in turn, as {@link SignalLanguage#sentences} gives them. */
    static Sentences inTurn(List<long[]> texts) {
        return new Sentences(
                texts,
                IntStream.range(0, texts.size())
                        .mapToObj(row -> row % SignalLanguage.LABELS)
                        .toList());
    }

    @Override
    public int size() {
        return texts.size();
    }

    @Override
    public List<String> labelNames() {
        return List.of("0", "1");
    }

    @Override
    public int label(int row) {
        return labels.get(row);
    }

    @Override
    public int length(int row) {
        return texts.get(row).length;
    }

    @Override
    public Batch batch(int... rows) {
        int width = Arrays.stream(rows).map(this::length).max().orElse(0);
        long[] ids = new long[rows.length * width];
        long[] mask = new long[ids.length];
        Arrays.fill(ids, SignalLanguage.END);
        for (int i = 0; i < rows.length; i++) {
            long[] text = texts.get(rows[i]);
            System.arraycopy(text, 0, ids, i * width, text.length);
            Arrays.fill(mask, i * width, i * width + text.length, 1);
        }
        return new Batch(Map.of(
                Batch.INPUT_IDS, Tensors.longs(ids, rows.length, width),
                Batch.ATTENTION_MASK, Tensors.longs(mask, rows.length, width),
                Batch.LABELS,
                        Tensors.longs(IntStream.of(rows).mapToLong(this::label).toArray()),
                Batch.ROW, Tensors.longs(IntStream.of(rows).asLongStream().toArray())));
    }
}
