package org.counterweight.data;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;
import org.counterweight.model.Batch;
import org.junit.jupiter.api.Test;

class RowValuesTest {
    private static final int ROWS = 30;

    /** Rows whose one token is their number, of three classes and several lengths. */
    private record Numbered() implements LabelledDataset {
        @Override
        public int size() {
            return ROWS;
        }

        @Override
        public int length(int row) {
            return 1 + row % 4;
        }

        @Override
        public List<String> labelNames() {
            return List.of("a", "b", "c");
        }

        @Override
        public int label(int row) {
            return row % 3;
        }

        @Override
        public Batch batch(int... rows) {
            Tensor numbers = Tensors.longs(Arrays.stream(rows).asLongStream().toArray());
            return new Batch(Map.of(Batch.INPUT_IDS, numbers, Batch.ROW, numbers));
        }
    }

    @Test
    void valuesStayWithTheirRowsThroughSplitsShufflesAndLengths() {
        double[] weights = new double[ROWS];
        long[] groups = new long[ROWS];
        for (int row = 0; row < ROWS; row++) {
            weights[row] = row / 2.0;
            groups[row] = row % 5;
        }
        var values = new RowValues(Map.of("weight", weights), Map.of("group", groups));
        Split<LabelledDataset> split = Split.stratified(values.beside(new Numbered()), 0.2, 0.2, new Seed(3));
        LabelledDataset train = Split.limit(split.train(), 12, new Seed(4));
        BatchSource source = BatchSource.shuffled(train, new Batching(5, 2), new Seed(5));
        try (var scope = Scope.open()) {
            IntFunction<Batch> epoch = source.epoch(1);
            for (int place = 0; place < source.batches(); place++) {
                Batch batch = epoch.apply(place);
                long[] numbers = Tensors.toLongs(batch.inputIds());
                for (int i = 0; i < numbers.length; i++) {
                    assertThat(Tensors.toDoubles(batch.get("weight"))[i]).isEqualTo(numbers[i] / 2.0);
                    assertThat(Tensors.toLongs(batch.get("group"))[i]).isEqualTo(numbers[i] % 5);
                }
            }
        }
    }
}
