package org.counterweight.train.sample;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.Map;
import java.util.stream.IntStream;
import org.assertj.core.data.Offset;
import org.counterweight.config.ConfigException;
import org.counterweight.data.Batching;
import org.counterweight.data.text.LanguageModelling;
import org.counterweight.data.text.token.TokenMemory;
import org.counterweight.engine.Seed;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DomainWeightsTest {
    private static LanguageModelling rows() {
        var tokens = new TokenMemory.Builder(0);
        for (String name : new String[] {"great", "small", "tiny"}) {
            tokens.domain(name);
            tokens.document(new int[name.equals("great") ? 3999 : name.equals("small") ? 39 : 1]);
        }
        return LanguageModelling.of(tokens.build(), 4, false);
    }

    private static DomainWeights weights(double great, double small) {
        return new DomainWeights(Map.of("great", great, "small", small));
    }

    @Test
    void domainsComeByTheirWeights() {
        LanguageModelling rows = rows();
        Sampler sampler = weights(1, 3).create(rows, new Batching(10, 1), new Seed(3));
        int[] drawn = sampler.epoch(0).stream().flatMapToInt(Arrays::stream).toArray();
        assertThat(drawn).hasSize(rows.size());
        double small = IntStream.of(drawn).filter(row -> rows.domain(row) == 1).count();
        assertThat(small / drawn.length).isCloseTo(0.75, Offset.offset(0.05));
        long[] times = new long[10];
        IntStream.of(drawn).filter(row -> row >= 1000).forEach(row -> times[row - 1000]++);
        long most = Arrays.stream(times).max().orElseThrow();
        assertThat(most - Arrays.stream(times).min().orElseThrow())
                .isLessThanOrEqualTo(1); // none comes before all have
        long different =
                IntStream.of(drawn).filter(row -> row < 1000).distinct().count();
        assertThat(different).isEqualTo(drawn.length - (long) small);
    }

    @Test
    void anEpochIsPlannedAgainAsItWas() {
        LanguageModelling rows = rows();
        var once = weights(1, 1).create(rows, new Batching(7, 1), new Seed(5));
        var again = weights(1, 1).create(rows, new Batching(7, 1), new Seed(5));
        assertThat(again.epoch(4)).usingRecursiveComparison().isEqualTo(once.epoch(4));
        assertThat(again.epoch(4).get(0)).isNotEqualTo(again.epoch(5).get(0));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "smal | 1 | \"smal\" is no domain of these rows; did you mean \"small\"?",
                "tiny | 1 | the texts of \"tiny\" are too few for one row",
                "great | -1 | train.sampler.weights.great: -1.0 is not allowed",
                "great | 0 | at least one domain with a weight above 0"
            })
    void wrongWeightsAreRefused(String name, double weight, String said) {
        assertThatThrownBy(
                        () -> new DomainWeights(Map.of(name, weight)).create(rows(), new Batching(2, 1), new Seed(1)))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining(said);
    }
}
