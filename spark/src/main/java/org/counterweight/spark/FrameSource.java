package org.counterweight.spark;

import java.util.Iterator;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.counterweight.shift.Chunk;
import org.counterweight.shift.Source;
import org.counterweight.shift.Sums;

/**
 * A DataFrame as a table that is weighed. Sums are folded by its executors, one a partition, and joined in the order of the
 * partitions; whoever reads rows gets them on the driver, one partition at a time.
 */
record FrameSource(Dataset<Row> frame, FrameColumns columns) implements Source {
    /** One partition's sum. */
    private record Fold<S, R>(Sums<S, R> sums, RowChunks chunks) implements FlatMapFunction<Iterator<Row>, S> {
        private static final long serialVersionUID = 1;

        @Override
        public Iterator<S> call(Iterator<Row> rows) {
            var sum = new Object() {
                private S value = sums.zero();
            };
            chunks.read(rows, (some, chunk) -> sum.value = sums.add(sum.value, chunk));
            return List.of(sum.value).iterator();
        }
    }

    @Override
    public <S, R> R fold(Sums<S, R> sums) {
        S all = sums.zero();
        for (S part : frame.javaRDD()
                .mapPartitions(new Fold<>(sums, new RowChunks(columns)))
                .collect()) {
            all = sums.join(all, part);
        }
        return sums.result(all);
    }

    @Override
    public void read(Consumer<Chunk> sink) {
        new RowChunks(columns).read(frame.toLocalIterator(), (rows, chunk) -> sink.accept(chunk));
    }

    @Override
    public long rows() {
        return frame.count();
    }

    @Override
    public List<String> features() {
        if (columns.features() == null) {
            return List.of();
        }
        Vector first = frame.select(columns.features()).first().getAs(0);
        return IntStream.range(0, first.size())
                .mapToObj(i -> columns.features() + "[" + i + "]")
                .toList();
    }

    @Override
    public List<String> outcomes() {
        return columns.outcomes();
    }
}
