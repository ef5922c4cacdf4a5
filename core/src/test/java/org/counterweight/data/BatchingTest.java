package org.counterweight.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.counterweight.config.ConfigException;
import org.counterweight.engine.Seed;
import org.counterweight.model.Batch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BatchingTest {
    /** Row r has 1 + r mod 17 tokens; nothing is ever made of it. */
    private record Lengths(int size) implements Dataset {
        @Override
        public int length(int row) {
            return 1 + row % 17;
        }

        @Override
        public Batch batch(int... rows) {
            throw new AssertionError("a plan of batches makes none");
        }
    }

    @ParameterizedTest
    @CsvSource({"0,4,16", "1,4,16", "100,7,1", "100,7,3", "1000,32,16", "64,8,1000000000"})
    void anEpochHasEveryRowOnce(int rows, int size, int bucket) {
        var batching = new Batching(size, bucket);
        var data = new Lengths(rows);
        for (List<int[]> epoch :
                List.of(batching.shuffled(data, new Seed(1)), batching.inOrder(data), batching.byLength(data))) {
            assertThat(epoch.stream().flatMapToInt(IntStream::of).sorted().toArray())
                    .isEqualTo(IntStream.range(0, rows).toArray());
            assertThat(epoch).hasSize(batching.batches(data)).allMatch(batch -> batch.length <= size);
        }
    }

    @Test
    void theSameSeedPlansTheSameEpochAndAnotherSeedAnother() {
        var data = new Lengths(500);
        var batching = Batching.of(16);
        assertThat(batching.shuffled(data, new Seed(3).child(2)))
                .usingRecursiveComparison()
                .isEqualTo(batching.shuffled(data, new Seed(3).child(2)));
        assertThat(batching.shuffled(data, new Seed(3).child(2)).get(0))
                .isNotEqualTo(batching.shuffled(data, new Seed(3).child(3)).get(0));
    }

    @Test
    void bucketsPadLittle() {
        var data = new Lengths(1700);
        assertThat(padding(data, new Batching(10, 1).shuffled(data, new Seed(1))))
                .isGreaterThan(8000);
        assertThat(padding(data, new Batching(10, 17).shuffled(data, new Seed(1))))
                .isLessThan(1500);
        assertThat(padding(data, Batching.of(10).byLength(data))).isZero();
    }

    @Test
    void evaluationBeginsWithTheLongest() {
        assertThat(Batching.of(2).byLength(new Lengths(17)).get(0)).containsExactly(16, 15);
    }

    @Test
    void aBatchOfNothingIsRefused() {
        assertThatThrownBy(() -> Batching.of(0))
                .isInstanceOf(ConfigException.class)
                .hasMessageStartingWith("size: 0 is not allowed");
    }

    private static int padding(Dataset data, List<int[]> epoch) {
        int padding = 0;
        for (int[] batch : epoch) {
            int longest = Arrays.stream(batch).map(data::length).max().orElse(0);
            padding +=
                    Arrays.stream(batch).map(row -> longest - data.length(row)).sum();
        }
        return padding;
    }
}
