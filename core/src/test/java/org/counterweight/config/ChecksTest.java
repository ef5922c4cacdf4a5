package org.counterweight.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ChecksTest {
    record Example(
            @Setting(value = "How many", defaultsTo = "3", range = "at least 1; 4 to 64 is usual")
            int count,

            @Setting(value = "Without a range", defaultsTo = "0.0")
            double free,

            @Setting(value = "Which share", defaultsTo = "null", range = "[0, 0.5)") @Nullable
            Double share,

            @Setting(value = "How fast", defaultsTo = "[1.0]", range = "each above 0")
            List<Double> rates,

            @Setting(value = "Which level", defaultsTo = "1", range = "0 to 4")
            long level) {
        Example {
            Checks.ranges(Example.class, "example", count, share, rates, level);
            rates = List.copyOf(rates);
        }
    }

    private static Example read(String settings) {
        return Configs.bind(Configs.yaml(settings, "test"), Example.class, "example");
    }

    @Test
    void whatLiesWithinPasses() {
        assertThat(read("{}")).isEqualTo(new Example(3, 0, null, List.of(1.0), 1));
        assertThat(read("{count: 1, free: -7, share: 0.0, rates: [], level: 4}").level())
                .isEqualTo(4);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "count: 0 | example.count: 0 is not allowed; expected an integer of at least 1 (4 to 64 is usual)",
                "share: 0.5 | example.share: 0.5 is not allowed; expected a number in [0, 0.5), or null",
                "share: .nan | example.share: NaN is not allowed; expected a finite number in [0, 0.5), or null",
                "'rates: [1, 0]' | example.rates[1]: 0.0 is not allowed; expected a number above 0",
                "'rates: [.inf]' | example.rates[0]: Infinity is not allowed; expected a finite number above 0",
                "level: 5 | example.level: 5 is not allowed; expected an integer from 0 to 4",
                "count: null | example.count: null is not allowed; expected an integer",
                "rates: null | example.rates: null is not allowed; expected a list"
            })
    void whatLiesOutsideIsRefusedByName(String settings, String said) {
        assertThatThrownBy(() -> read("{" + settings + "}"))
                .isInstanceOf(ConfigException.class)
                .hasMessage(said);
    }

    @Test
    void aValueForEachRangeMustBeGiven() {
        assertThatThrownBy(() -> Checks.ranges(Example.class, "example", 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("[count, share, rates, level] and gives 1 values");
    }
}
