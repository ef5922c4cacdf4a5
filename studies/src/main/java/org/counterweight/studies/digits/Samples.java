package org.counterweight.studies.digits;

import static org.counterweight.engine.Tensors.longs;
import static org.counterweight.engine.Tensors.slice;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.data.BatchSource;
import org.counterweight.engine.Seed;
import org.counterweight.model.Batch;
import org.counterweight.model.Model;
import org.counterweight.model.Params;
import org.counterweight.train.measure.Evaluation;
import org.counterweight.train.measure.Evaluator;
import org.counterweight.train.objective.Objective;

/**
 * Inputs with what is to be said about them, held in memory.
 *
 * @param inputs {@code [n, …]}, a batch's {@link Batch#PIXEL_VALUES}
 * @param labels classes, {@code int64 [n]}, or targets, {@code [n, …]}
 */
public record Samples(Tensor inputs, Tensor labels) {
    public int size() {
        return (int) inputs.size(0);
    }

    public Samples shuffled(Seed seed) {
        return rows(index(seed.permutation(size())));
    }

    public Samples part(long from, long to) {
        return new Samples(slice(inputs, 0, from, to), slice(labels, 0, from, to));
    }

    /** With other inputs and the same labels. */
    public Samples with(UnaryOperator<Tensor> change) {
        return new Samples(change.apply(inputs), labels);
    }

    /** Those that {@code index}, {@code int64}, names. */
    public Samples rows(Tensor index) {
        return new Samples(inputs.index_select(0, index), labels.index_select(0, index));
    }

    private static Tensor index(int... rows) {
        return longs(Arrays.stream(rows).asLongStream().toArray());
    }

    /** All of them. */
    public Batch batch() {
        return new Batch(Map.of(Batch.PIXEL_VALUES, inputs, Batch.LABELS, labels));
    }

    /** Every one once an epoch, in random order; a last batch that is not full is left out. */
    public BatchSource batches(int size, Seed seed) {
        return batches(size, seed, Map.of());
    }

    /**
     * The same batches, each with its rows of {@code beside} too.
     *
     * @param beside {@code [n, …]} each, by their names in the batch
     */
    public BatchSource batches(int size, Seed seed, Map<String, Tensor> beside) {
        return BatchSource.of(size() / size, epoch -> {
            int[] order = seed.child(epoch).permutation(size());
            return place -> {
                Tensor rows = index(Arrays.copyOfRange(order, place * size, (place + 1) * size));
                Batch batch = rows(rows).batch();
                for (var more : beside.entrySet()) {
                    batch = batch.with(more.getKey(), more.getValue().index_select(0, rows));
                }
                return batch;
            };
        });
    }

    /** How well a model does on all of them. */
    public Evaluation judge(Model model, Params params, Objective objective) {
        return Evaluator.of(BatchSource.of(List.of(batch())), objective, List.of())
                .evaluate(model, params);
    }
}
