package org.counterweight.audit;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Tensors;
import org.counterweight.model.Batch;
import org.counterweight.model.Model;
import org.counterweight.model.Params;
import org.counterweight.model.Pass;

/**
 * Inputs that words are tried in: rows of tokens, special ones included, and what the model answers them without a word more.
 *
 * @param rows as the model reads them
 * @param position before which token a word is put: behind what begins every row
 * @param predicted the class of each row
 * @param classes how many there are
 */
public record Probes(List<long[]> rows, int position, long[] predicted, int classes) {
    /** Rows that go through the model together. */
    static final int BATCH = 128;

    public Probes {
        rows = List.copyOf(rows);
    }

    /** Asks the model about the rows as they are. */
    public static Probes of(Model model, Params params, List<long[]> rows, int position) {
        try (var scope = Scope.open();
                var off = Tensors.noGrad()) {
            int classes = Math.toIntExact(model.forward(params, batch(rows.subList(0, 1)), Pass.evaluation())
                    .logits()
                    .size(1));
            return new Probes(rows, position, predictions(model, params, rows), classes);
        }
    }

    /** How many rows the model does not answer with the class: those that a word can flip to it. */
    public long others(int target) {
        return Arrays.stream(predicted).filter(label -> label != target).count();
    }

    /** The rows with a word in each. */
    public List<long[]> with(long word) {
        return rows.stream().map(row -> with(row, word)).toList();
    }

    private long[] with(long[] row, long word) {
        long[] longer = new long[row.length + 1];
        System.arraycopy(row, 0, longer, 0, position);
        longer[position] = word;
        System.arraycopy(row, position, longer, position + 1, row.length - position);
        return longer;
    }

    /** What the model answers one of the rows with each of these words in it. */
    long[] answers(Model model, Params params, int row, int[] words) {
        long[] plain = rows.get(row);
        return predictions(
                model,
                params,
                Arrays.stream(words).mapToObj(word -> with(plain, word)).toList());
    }

    /** The first rows, this many. */
    public Probes first(int most) {
        int count = Math.min(most, rows.size());
        return new Probes(rows.subList(0, count), position, Arrays.copyOf(predicted, count), classes);
    }

    /** The class of each row. */
    static long[] predictions(Model model, Params params, List<long[]> rows) {
        long[] all = new long[rows.size()];
        for (int from = 0; from < all.length; from += BATCH) {
            List<long[]> some = rows.subList(from, Math.min(all.length, from + BATCH));
            try (var scope = Scope.open();
                    var off = Tensors.noGrad()) {
                Tensor logits =
                        model.forward(params, batch(some), Pass.evaluation()).logits();
                long[] labels = Tensors.toLongs(logits.argmax(new LongOptional(1), false));
                System.arraycopy(labels, 0, all, from, labels.length);
            }
        }
        return all;
    }

    /** Rows of any length, padded on the right and masked there. */
    static Batch batch(List<long[]> rows) {
        int width = rows.stream().mapToInt(row -> row.length).max().orElse(1);
        long[] ids = new long[rows.size() * width];
        long[] mask = new long[ids.length];
        for (int i = 0; i < rows.size(); i++) {
            long[] row = rows.get(i);
            System.arraycopy(row, 0, ids, i * width, row.length);
            Arrays.fill(mask, i * width, i * width + row.length, 1);
        }
        return new Batch(Map.of(
                Batch.INPUT_IDS,
                Tensors.longs(ids, rows.size(), width),
                Batch.ATTENTION_MASK,
                Tensors.longs(mask, rows.size(), width)));
    }
}
