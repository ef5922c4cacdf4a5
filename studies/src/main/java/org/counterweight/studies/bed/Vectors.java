package org.counterweight.studies.bed;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.counterweight.data.LabelledDataset;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Tensors;
import org.counterweight.model.Batch;
import org.counterweight.studies.digits.Samples;

/**
 * Rows of numbers, held in memory, and the class of each: small pictures, or what a frozen encoder makes of texts.
 *
 * @param values row by row
 * @param shape of one row, a batch's {@link Batch#PIXEL_VALUES}
 */
public record Vectors(float[] values, List<Long> shape, int[] labels, List<String> labelNames)
        implements LabelledDataset {
    public Vectors {
        shape = List.copyOf(shape);
        labelNames = List.copyOf(labelNames);
    }

    /** Numbers {@code [n, …]} with the class of each row. */
    public static Vectors of(Tensor rows, int[] labels, List<String> labelNames) {
        return new Vectors(
                Tensors.toFloats(rows),
                LongStream.of(Tensors.shape(rows)).skip(1).boxed().toList(),
                labels,
                labelNames);
    }

    /** Some pictures. */
    public static Vectors of(LabelledDataset pictures, int... rows) {
        try (var scope = Scope.open()) {
            return of(
                    pictures.batch(rows).get(Batch.PIXEL_VALUES),
                    Arrays.stream(rows).map(pictures::label).toArray(),
                    pictures.labelNames());
        }
    }

    /** Some pictures at half their size. */
    public static Vectors halved(LabelledDataset pictures, int... rows) {
        try (var scope = Scope.open()) {
            Tensor whole = pictures.batch(rows).get(Batch.PIXEL_VALUES);
            return of(
                    torch.avg_pool2d(whole, 2),
                    Arrays.stream(rows).map(pictures::label).toArray(),
                    pictures.labelNames());
        }
    }

    /** All of them. */
    public Samples samples() {
        Batch all = batch(IntStream.range(0, size()).toArray());
        return new Samples(all.get(Batch.PIXEL_VALUES), all.labels());
    }

    private int width() {
        return Math.toIntExact(shape.stream().reduce(1L, Math::multiplyExact));
    }

    @Override
    public int size() {
        return labels.length;
    }

    @Override
    public int label(int row) {
        return labels[row];
    }

    @Override
    public Batch batch(int... rows) {
        int width = width();
        float[] chosen = new float[rows.length * width];
        for (int i = 0; i < rows.length; i++) {
            System.arraycopy(values, rows[i] * width, chosen, i * width, width);
        }
        long[] sizes = LongStream.concat(
                        LongStream.of(rows.length), shape.stream().mapToLong(Long::longValue))
                .toArray();
        return new Batch(Map.of(
                Batch.PIXEL_VALUES,
                Tensors.floats(chosen, sizes),
                Batch.LABELS,
                numbers(Arrays.stream(rows).map(row -> labels[row]).toArray()),
                Batch.ROW,
                numbers(rows)));
    }

    private static Tensor numbers(int... numbers) {
        return Tensors.longs(Arrays.stream(numbers).asLongStream().toArray());
    }
}
