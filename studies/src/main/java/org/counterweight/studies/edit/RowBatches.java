package org.counterweight.studies.edit;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.counterweight.data.BatchSource;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;
import org.counterweight.model.Batch;

/** Rows that are held in memory as one batch, cut into smaller ones. */
final class RowBatches {
    private RowBatches() {}

    /** Every row once an epoch, in an order drawn anew, in batches of {@code size} rows or one more. */
    static BatchSource shuffled(Batch rows, int size, Seed seed) {
        int all = Math.toIntExact(rows.rows());
        int batches = Math.max(1, all / size);
        return BatchSource.of(batches, epoch -> {
            int[] order = seed.child(epoch).permutation(all);
            return place -> some(rows, Arrays.copyOfRange(order, place * all / batches, (place + 1) * all / batches));
        });
    }

    /** So many rows, drawn. */
    static Batch drawn(Batch rows, int count, Seed seed) {
        int[] order = seed.permutation(Math.toIntExact(rows.rows()));
        return some(rows, Arrays.copyOf(order, Math.min(count, order.length)));
    }

    private static Batch some(Batch rows, int... places) {
        return rows.rows(Tensors.longs(IntStream.of(places).asLongStream().toArray()));
    }

    /** The rows of all of them, which have the same tensors of the same lengths. */
    static Batch joined(List<Batch> parts) {
        var joined = new LinkedHashMap<String, Tensor>();
        for (String name : parts.get(0).tensors().keySet()) {
            joined.put(
                    name,
                    torch.cat(
                            new TensorVector(
                                    parts.stream().map(part -> part.get(name)).toArray(Tensor[]::new)),
                            0));
        }
        return new Batch(joined, parts.get(0).context());
    }
}
