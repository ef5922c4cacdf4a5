package org.counterweight.data.table.row;

import static org.assertj.core.api.Assertions.assertThat;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DecimalsTest {
    @ParameterizedTest(name = "\"{0}\": {1} with points, {2} with commas")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            nullValues = "none",
            value = {
                "7 | 7 | 7",
                "-12.50 | -12.5 | none",
                "+3 | 3 | 3",
                "\" 0012 \" | 12 | 12",
                "5. | 5 | none",
                ".5 | 0.5 | none",
                "-.5 | -0.5 | none",
                "12,5 | none | 12.5",
                "1e3 | 1000 | 1000",
                "123456789012345678901 | 123456789012345678901 | 123456789012345678901",
                "nan | NaN | NaN",
                "-inf | NaN | NaN",
                ". | none | none",
                "- | none | none",
                "\"\" | none | none",
                "1.2.3 | none | none",
                "--1 | none | none",
                "1-2 | none | none",
                "٣ | none | none",
                "1 2 | none | none",
                "0x10 | none | none",
                "1f | none | none"
            })
    void numbersAreTextsOfDigitsWithOneSignOfDecimals(
            String text, @Nullable Double withPoint, @Nullable Double withComma) {
        assertThat(Decimals.POINT.read(text)).isEqualTo(withPoint);
        assertThat(Decimals.COMMA.read(text)).isEqualTo(withComma);
        assertThat(Decimals.isNumber(text)).isEqualTo(withPoint != null || withComma != null);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "  ", "NA", "n/a", "NaN", "null", "None", "?", "-", " na "})
    void wordsForNothingAreKnown(String cell) {
        assertThat(Missing.isMarked(cell)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "1", "-1", "na1", "--", "nothing", "9na"})
    void whatIsSomethingIsNoneOfThem(String cell) {
        assertThat(Missing.isMarked(cell)).isFalse();
    }
}
