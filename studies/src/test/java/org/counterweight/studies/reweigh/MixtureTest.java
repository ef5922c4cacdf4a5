package org.counterweight.studies.reweigh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.counterweight.data.BatchSource;
import org.counterweight.data.text.LanguageModelling;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;
import org.counterweight.model.Batch;
import org.junit.jupiter.api.Test;

class MixtureTest {
    private static final LanguageModelling AS = LanguageModelling.bytes(List.of("a".repeat(100)), 5);
    private static final LanguageModelling BS = LanguageModelling.bytes(List.of("b".repeat(100)), 5);
    private static final LanguageModelling CS = LanguageModelling.bytes(List.of("c".repeat(100)), 5);

    private static final LanguageModelling NUMBERS = LanguageModelling.bytes(
            IntStream.range(1000, 2000).mapToObj(String::valueOf).toList(), 5); // each block another number

    @Test
    void eachTextHasItsShare() {
        try (var scope = Scope.open()) {
            var mixture = new Mixture(List.of(AS, BS, CS), List.of(0.3, 0.0, 0.7));
            Batch batch = mixture.batches(1, 2000, new Seed(5)).epoch(0).apply(0);
            long[] ids = Tensors.toLongs(batch.inputIds());
            assertThat(ids).hasSize(10000).doesNotContain('b');
            assertThat(Tensors.toLongs(batch.labels())).isEqualTo(ids);
            double share = Arrays.stream(ids).filter(id -> id == 'a').count() / 10000.0;
            assertThat(share).isBetween(0.27, 0.33); // three deviations of 2,000 draws
        }
    }

    @Test
    void aBatchIsAFunctionOfSeedEpochAndPlace() {
        try (var scope = Scope.open()) {
            var mixture = new Mixture(List.of(AS, NUMBERS), List.of(0.5, 0.5));
            BatchSource batches = mixture.batches(3, 64, new Seed(5));
            long[] late = ids(batches, 1, 2);
            assertThat(ids(mixture.batches(3, 64, new Seed(5)), 1, 2)).isEqualTo(late);
            assertThat(ids(batches, 1, 1)).isNotEqualTo(late);
            assertThat(ids(batches, 0, 2)).isNotEqualTo(late);
            assertThat(ids(mixture.batches(3, 64, new Seed(6)), 1, 2)).isNotEqualTo(late);
        }
    }

    @Test
    void sharesMustFit() {
        for (List<Double> shares : List.of(List.of(1.0), List.of(0.5, 0.4), List.of(1.5, -0.5))) {
            assertThatThrownBy(() -> new Mixture(List.of(AS, BS), shares))
                    .hasMessage("shares: " + shares + "; expected 2 of at least 0 and sum 1");
        }
    }

    private static long[] ids(BatchSource batches, int epoch, int place) {
        return Tensors.toLongs(batches.epoch(epoch).apply(place).inputIds());
    }
}
