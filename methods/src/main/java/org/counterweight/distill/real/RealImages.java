package org.counterweight.distill.real;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.counterweight.data.LabelledDataset;
import org.counterweight.distill.FlatModel;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;
import org.counterweight.model.Batch;

/**
 * All images of a part of the data, as a network sees them.
 *
 * @param images {@code float32 [n, channels, height, width]}
 * @param labels {@code int64 [n]}
 * @param byClass the numbers of each class's images
 */
public record RealImages(Tensor images, Tensor labels, List<int[]> byClass) {
    private static final int CHUNK = 512;

    /**
     * Reads them all; they belong to the open scope.
     *
     * @param scale applied to the pixels
     */
    public static RealImages of(LabelledDataset data, PixelScale scale) {
        try (var scope = Scope.open();
                var off = Tensors.noGrad()) {
            Tensor pixels = pixels(data);
            int[] labels = IntStream.range(0, data.size()).map(data::label).toArray();
            List<int[]> byClass = IntStream.range(0, data.labelNames().size())
                    .mapToObj(c -> IntStream.range(0, labels.length)
                            .filter(row -> labels[row] == c)
                            .toArray())
                    .toList();
            return new RealImages(scope.keep(scale.apply(pixels)), scope.keep(longs(labels)), byClass);
        }
    }

    /** The pixels of all images, {@code float32 [n, channels, height, width]}, of the open scope. */
    public static Tensor pixels(LabelledDataset data) {
        try (var scope = Scope.open()) {
            var parts = new TensorVector();
            for (int from = 0; from < data.size(); from += CHUNK) {
                try (var inner = Scope.open()) {
                    int[] rows = IntStream.range(from, Math.min(data.size(), from + CHUNK))
                            .toArray();
                    parts.push_back(data.batch(rows).get(Batch.PIXEL_VALUES));
                }
            }
            return scope.keep(torch.cat(parts, 0));
        }
    }

    public int size() {
        return Math.toIntExact(images.size(0));
    }

    public int classes() {
        return byClass.size();
    }

    /** These images, of the open scope. */
    public Tensor select(int... rows) {
        return images.index_select(0, longs(rows));
    }

    /** The classes of these images, of the open scope. */
    public Tensor labelsOf(int... rows) {
        return labels.index_select(0, longs(rows));
    }

    /** So many images of a class, drawn without repeats; all where there are fewer. */
    public int[] draw(int label, int count, Seed seed) {
        int[] rows = byClass.get(label);
        int[] order = seed.permutation(rows.length);
        return Arrays.stream(order).limit(count).map(place -> rows[place]).toArray();
    }

    /** An epoch's batches: every image once, in random order. */
    public List<int[]> batches(int size, Seed seed) {
        int[] order = seed.permutation(size());
        var batches = new ArrayList<int[]>();
        for (int from = 0; from < order.length; from += size) {
            batches.add(Arrays.copyOfRange(order, from, Math.min(order.length, from + size)));
        }
        return batches;
    }

    /** The share of them whose class a network tells. */
    public double accuracy(FlatModel model, Tensor theta) {
        long right = 0;
        for (int from = 0; from < size(); from += CHUNK) {
            try (var scope = Scope.open();
                    var off = Tensors.noGrad()) {
                long to = Math.min(size(), from + CHUNK);
                Tensor logits =
                        model.output(theta, Tensors.slice(images, 0, from, to)).logits();
                right += logits.argmax(new LongOptional(1), false)
                        .eq(Tensors.slice(labels, 0, from, to))
                        .sum()
                        .item_long();
            }
        }
        return (double) right / size();
    }

    private static Tensor longs(int... numbers) {
        return Tensors.longs(Arrays.stream(numbers).asLongStream().toArray());
    }
}
