package org.counterweight.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.counterweight.config.ConfigException;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;
import org.counterweight.model.Batch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SplitTest {
    /** 700, 250, 45, 4 and 1 rows of five classes; a row's only tensors are its number there and here. */
    private static final LabelledDataset LONG_TAIL = new LabelledDataset() {
        @Override
        public int size() {
            return 1000;
        }

        @Override
        public List<String> labelNames() {
            return List.of("a", "b", "c", "d", "e");
        }

        @Override
        public int label(int row) {
            int mixed = row * 7 % 1000; // classes lie scattered
            return mixed < 700 ? 0 : mixed < 950 ? 1 : mixed < 995 ? 2 : mixed < 999 ? 3 : 4;
        }

        @Override
        public Batch batch(int... rows) {
            long[] numbers = new long[rows.length];
            for (int i = 0; i < rows.length; i++) {
                numbers[i] = rows[i];
            }
            return new Batch(Map.of("origin", Tensors.longs(numbers), Batch.ROW, Tensors.longs(numbers)));
        }
    };

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {0, 1, 2, 3})
    void everyPartHasEveryClassInProportionAndNoRowTwice(long seed) {
        var split = Split.stratified(LONG_TAIL, 0.1, 0.2, new Seed(seed));
        assertThat(split.dev().labelCounts()).containsExactly(70, 25, 5, 0, 0);
        assertThat(split.test().labelCounts()).containsExactly(140, 50, 9, 1, 0);
        assertThat(split.train().labelCounts()).containsExactly(490, 175, 31, 3, 1);
        assertThat(origins(split.train(), split.dev(), split.test()))
                .hasSize(1000)
                .doesNotHaveDuplicates();
    }

    @Test
    void theSameSeedSplitsAlike() {
        var first = Split.stratified(LONG_TAIL, 0.1, 0.2, new Seed(5));
        var again = Split.stratified(LONG_TAIL, 0.1, 0.2, new Seed(5));
        var other = Split.stratified(LONG_TAIL, 0.1, 0.2, new Seed(6));
        assertThat(origins(first.test())).isEqualTo(origins(again.test())).isNotEqualTo(origins(other.test()));
    }

    @Test
    void rowsAreNumberedAnewInAPart() {
        try (var scope = Scope.open()) {
            Batch batch =
                    Split.stratified(LONG_TAIL, 0.1, 0.2, new Seed(5)).test().batch(3, 0);
            assertThat(Tensors.toLongs(batch.get(Batch.ROW))).containsExactly(3, 0);
        }
    }

    @Test
    void aLimitKeepsTheProportionsAndEveryClass() {
        assertThat(Split.limit(LONG_TAIL, 100, new Seed(1)).labelCounts()).containsExactly(69, 25, 4, 1, 1);
        assertThat(Split.limit(LONG_TAIL, 3, new Seed(1)).labelCounts()).containsExactly(2, 1, 0, 0, 0);
        assertThat(Split.limit(LONG_TAIL, 5000, new Seed(1))).isSameAs(LONG_TAIL);
    }

    @Test
    void aLimitForEachClassCutsTheHead() {
        assertThat(Split.limitEachClass(LONG_TAIL, 40, new Seed(1)).labelCounts())
                .containsExactly(40, 40, 40, 4, 1);
    }

    @Test
    void aRandomSplitSharesNoRow() {
        var split = Split.random(LONG_TAIL, 0.25, 0.25, new Seed(9));
        assertThat(split.train().size()).isEqualTo(500);
        assertThat(origins(split.train(), split.dev(), split.test()))
                .hasSize(1000)
                .doesNotHaveDuplicates();
    }

    @Test
    void aSplitThatLeavesNothingToLearnFromIsRefused() {
        assertThatThrownBy(() -> Split.stratified(LONG_TAIL, 0.5, 0.5, new Seed(1)))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("test: 0.5 is not allowed");
        assertThatThrownBy(() -> Split.random(LONG_TAIL, Double.NaN, 0, new Seed(1)))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("dev: NaN");
    }

    private static List<Long> origins(Dataset... parts) {
        var origins = new ArrayList<Long>();
        try (var scope = Scope.open()) {
            for (Dataset part : parts) {
                for (int[] rows : Batching.of(100).inOrder(part)) {
                    for (long origin : Tensors.toLongs(part.batch(rows).get("origin"))) {
                        origins.add(origin);
                    }
                }
            }
        }
        return origins;
    }
}
