package org.counterweight.fewgen.generate;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LabelWriterTest {
    /** A single text's first words and what was written count, and the token that ended it. */
    @ParameterizedTest
    @CsvSource({"1, true", "48, true", "49, true", "50, false", "51, false"})
    void theTokenThatEndsASingleTextCounts(int tokens, boolean fits) {
        assertThat(LabelWriter.fits(tokens, 50)).isEqualTo(fits);
    }
}
