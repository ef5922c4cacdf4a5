package org.counterweight.balance.run;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.counterweight.data.LabelledDataset;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;
import org.counterweight.model.Batch;

/** Points around a centre for each class, a few of them rare. Tensors of the open scope. */
record LongTailedRows(Tensor x, long[] labels, int classes) implements LabelledDataset {
    static LongTailedRows of(long seed, int... counts) {
        long[] labels = IntStream.range(0, counts.length)
                .flatMap(c -> IntStream.generate(() -> c).limit(counts[c]))
                .asLongStream()
                .toArray();
        Tensor centres = normal(99, counts.length, 6);
        Tensor x = centres.index_select(0, Tensors.longs(labels)).add(normal(seed, labels.length, 6));
        return new LongTailedRows(x, labels, counts.length);
    }

    /** The same rows under other labels. */
    LongTailedRows labelled(long... others) {
        return new LongTailedRows(x, others, classes);
    }

    private static Tensor normal(long seed, long... shape) {
        return torch.zeros(shape).normal_(0, 1, Tensors.optional(new Seed(seed).generator()));
    }

    @Override
    public List<String> labelNames() {
        return IntStream.range(0, classes).mapToObj(c -> "class " + c).toList();
    }

    @Override
    public int label(int row) {
        return (int) labels[row];
    }

    @Override
    public int size() {
        return labels.length;
    }

    @Override
    public Batch batch(int... rows) {
        Tensor at = Tensors.longs(Arrays.stream(rows).asLongStream().toArray());
        return new Batch(Map.of(
                Batch.PIXEL_VALUES,
                x.index_select(0, at),
                Batch.LABELS,
                Tensors.longs(labels).index_select(0, at),
                Batch.ROW,
                at));
    }
}
