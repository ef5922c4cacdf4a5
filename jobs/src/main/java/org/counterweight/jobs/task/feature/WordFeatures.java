package org.counterweight.jobs.task.feature;

import java.util.Arrays;
import java.util.Map;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.counterweight.data.Dataset;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Tensors;
import org.counterweight.jobs.ProgressLine;
import org.counterweight.jobs.model.BaseModel;
import org.counterweight.model.Batch;
import org.counterweight.model.Params;
import org.counterweight.model.Pass;
import org.counterweight.train.objective.CrossEntropy;

/**
 * What a frozen model gives its head for each word that has a label, computed once: a batch has
 * {@link Features#NAME} ({@code float32 [rows, most words, width]}) and {@code labels} ({@code int64 [rows, most words]}).
 *
 * @param values of all words, row by row: {@code float32 [words, width]}
 * @param labels {@code int64 [words]}
 * @param starts where each row's words begin; behind the last row's, how many there are
 */
public record WordFeatures(Tensor values, Tensor labels, int[] starts) implements Dataset {
    private static final int ROWS = 64;

    /** Passes every row through the model up to its head. */
    public static WordFeatures of(BaseModel base, Dataset rows, ProgressLine progress) {
        Params params = Params.of(base.weights());
        try (var scope = Scope.open();
                var off = Tensors.noGrad()) {
            var values = new TensorVector();
            var labels = new TensorVector();
            int[] starts = new int[rows.size() + 1];
            for (int from = 0; from < rows.size(); from += ROWS) {
                int[] numbers = IntStream.range(from, Math.min(rows.size(), from + ROWS))
                        .toArray();
                try (var inner = Scope.open()) {
                    Batch batch = rows.batch(numbers);
                    Tensor known = batch.labels().ne(new Scalar(CrossEntropy.IGNORED)); // [rows, length]
                    Tensor features = base.model()
                            .forward(params, batch.to(params.device()), Pass.evaluation())
                            .features()
                            .cpu();
                    Tensor places = known.reshape(-1).nonzero().squeeze(1);
                    values.push_back(
                            inner.keep(features.reshape(-1, features.size(2)).index_select(0, places)));
                    labels.push_back(inner.keep(batch.labels().reshape(-1).index_select(0, places)));
                    long[] words = Tensors.toLongs(Tensors.sum(known, false, 1));
                    for (int i = 0; i < words.length; i++) {
                        starts[from + i + 1] = starts[from + i] + Math.toIntExact(words[i]);
                    }
                }
                progress.advance(numbers.length);
            }
            return new WordFeatures(scope.keep(torch.cat(values, 0)), scope.keep(torch.cat(labels, 0)), starts);
        }
    }

    @Override
    public int size() {
        return starts.length - 1;
    }

    @Override
    public int length(int row) {
        return starts[row + 1] - starts[row];
    }

    @Override
    public Batch batch(int... rows) {
        int width = Math.max(1, Arrays.stream(rows).map(this::length).max().orElse(1));
        long[] places = new long[rows.length * width]; // of what fills up short rows the first word, without a label
        long[] known = new long[rows.length * width];
        for (int i = 0; i < rows.length; i++) {
            for (int word = 0; word < length(rows[i]); word++) {
                places[i * width + word] = starts[rows[i]] + word;
                known[i * width + word] = 1;
            }
        }
        Tensor at = Tensors.longs(places);
        Tensor none = Tensors.longs(known).eq(new Scalar(0L));
        return new Batch(Map.of(
                Features.NAME,
                values.index_select(0, at).view(rows.length, width, values.size(1)),
                Batch.LABELS,
                labels.index_select(0, at)
                        .masked_fill(none, new Scalar(CrossEntropy.IGNORED))
                        .view(rows.length, width),
                Batch.ROW,
                Tensors.longs(IntStream.of(rows).asLongStream().toArray())));
    }
}
