package org.counterweight.train.sample;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Map;
import org.assertj.core.data.Offset;
import org.counterweight.config.ConfigException;
import org.counterweight.config.Configs;
import org.counterweight.data.Batching;
import org.counterweight.data.Dataset;
import org.counterweight.data.LabelledDataset;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;
import org.counterweight.model.Batch;
import org.counterweight.train.TrainConfig;
import org.junit.jupiter.api.Test;

class ClassBalancedTest {
    private static final Offset<Double> CHANCE = within(0.03);

    /** 1,600 rows of class 0, 100 of class 2, none of class 1. */
    private record Rows() implements LabelledDataset {
        @Override
        public int size() {
            return 1700;
        }

        @Override
        public List<String> labelNames() {
            return List.of("often", "never", "seldom");
        }

        @Override
        public int label(int row) {
            return row % 17 == 0 ? 2 : 0;
        }

        @Override
        public Batch batch(int... rows) {
            long[] numbers = new long[rows.length];
            for (int i = 0; i < rows.length; i++) {
                numbers[i] = rows[i];
            }
            return new Batch(Map.of(Batch.ROW, Tensors.longs(numbers)));
        }
    }

    private static Sampler sampler(double power, long seed) {
        return new ClassBalanced(power).create(new Rows(), Batching.of(32), new Seed(seed));
    }

    private static double shareOfSeldom(double power) {
        long seldom = 0;
        for (int[] batch : sampler(power, 5).epoch(0)) {
            for (int row : batch) {
                seldom += new Rows().label(row) == 2 ? 1 : 0;
            }
        }
        return seldom / 1700.0;
    }

    @Test
    void classesComeInProportionToThePower() {
        assertThat(shareOfSeldom(0)).isCloseTo(0.5, CHANCE);
        assertThat(shareOfSeldom(0.5)).isCloseTo(0.2, CHANCE); // 10 / (10 + 40)
        assertThat(shareOfSeldom(1)).isCloseTo(1 / 17.0, CHANCE);
    }

    @Test
    void anEpochHasAsManyRowsAndIsTheSameAgain() {
        List<int[]> epoch = sampler(0, 5).epoch(3);
        assertThat(epoch).hasSize(54).hasSize(sampler(0, 5).batches());
        assertThat(epoch.stream().mapToInt(batch -> batch.length).sum()).isEqualTo(1700);
        assertThat(sampler(0, 5).epoch(3)).usingRecursiveComparison().isEqualTo(epoch);
        assertThat(sampler(0, 5).epoch(4).get(0)).isNotEqualTo(epoch.get(0));
        assertThat(sampler(0, 6).epoch(3).get(0)).isNotEqualTo(epoch.get(0));
    }

    @Test
    void aRunTakesItsBatchesFromTheSampler() {
        try (var scope = Scope.open()) {
            TrainConfig config = TrainConfig.of("sampler: class_balanced");
            long[] rows = Tensors.toLongs(
                    config.batches(new Rows(), new Seed(5)).epoch(0).apply(7).get(Batch.ROW));
            int[] planned = sampler(0, 5).epoch(0).get(7);
            assertThat(rows)
                    .containsExactly(
                            java.util.Arrays.stream(planned).asLongStream().toArray());
            assertThat(Configs.tree(config).get("sampler").toString())
                    .isEqualTo("{\"kind\":\"class_balanced\",\"power\":0.0}");
        }
    }

    @Test
    void whatCannotBeIsRefused() {
        assertThatThrownBy(() -> TrainConfig.of("{sampler: {kind: class_balanced, power: 2}}"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("train.sampler.power: 2.0 is not allowed; expected a number in [0, 1]");
        Dataset plain = new Dataset() {
            @Override
            public int size() {
                return 3;
            }

            @Override
            public Batch batch(int... rows) {
                return new Batch(Map.of());
            }
        };
        assertThatThrownBy(() -> TrainConfig.of("sampler: class_balanced").batches(plain, new Seed(1)))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("train.sampler: class_balanced draws classes, and these rows have none");
    }
}
