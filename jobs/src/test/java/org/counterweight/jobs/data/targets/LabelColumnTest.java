package org.counterweight.jobs.data.targets;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.counterweight.data.DataException;
import org.counterweight.data.table.TableRows;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Scores and lists do not pass for classes; what are classes does. */
class LabelColumnTest {
    private static LabelColumn column(List<String> values) {
        return LabelColumn.of(Path.of("texts.csv"), "label", TableRows.ofTexts("label", values));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0.5 1 2 3",
                "4 4 2 3,5",
                "-1.25 0 1",
                "1e-3 2",
                "85.5% 90%",
                "nan 0.25 1 0.75 0.5 0.25 2 1 0 3 4",
                "1 2 .5"
            })
    void numbersBetweenWholeOnesAreScores(String values) {
        LabelColumn column = column(List.of(values.split(" ")));
        assertThatThrownBy(column::check)
                .isInstanceOf(DataException.class)
                .hasMessageContaining("is a score")
                .hasMessageContaining("data.labels: classes");
    }

    @Test
    void manyWholeNumbersAreScores() {
        LabelColumn column =
                column(IntStream.range(0, 200).mapToObj(i -> i % 106 + "").toList());
        assertThatThrownBy(column::check).hasMessageContaining("106 different numbers");
        LabelColumn floats =
                column(IntStream.range(0, 50).mapToObj(i -> i + ".0").toList());
        assertThatThrownBy(floats::check).hasMessageContaining("50 different numbers");
    }

    @ParameterizedTest
    @ValueSource(strings = {"[0, 1]", "['a']", "[\"a\", \"b\"]", "[]", "[a, b]", "[1 0 1]", "{'a': 1}"})
    void listsAreNoClasses(String list) {
        LabelColumn column = column(List.of("a", list, "b"));
        assertThatThrownBy(column::check).hasMessageContaining("row 2: label is a list, " + list);
    }

    @Test
    void listsOfOneNameEachAreNoClassesEither() {
        LabelColumn column = column(List.of("[a]", "[b]"));
        assertThatThrownBy(column::check).hasMessageContaining("row 1: label is a list, [a]");
    }

    @ParameterizedTest
    @ValueSource(strings = {"joy|fear", "joy;fear", "joy, fear", "fear | anger | joy"})
    void classesInARowAreAListWhereEachIsAClassElsewhere(String list) throws IOException {
        LabelColumn column = column(List.of("joy", "fear", list, "anger"));
        assertThatThrownBy(column::check).hasMessageContaining("row 3: label is a list, " + list);
    }

    @Test
    void aSeparatorInTheNameOfAClassMakesNoList() throws IOException {
        LabelColumn column = column(List.of("Injury, other", "other", "Films; TV", "Games; TV", "a|b", "|", ","));
        assertThatCode(column::check).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0 1 1 0",
                "1.0 0.0 1.0",
                "-1 1",
                "1 2 3 4 5",
                "spam ham",
                "v1.5 v2.0 v2.1",
                "3.5 legacy 4.0 beta",
                "[UNK] noun verb",
                "(none) some"
            })
    void classesPass(String values) {
        LabelColumn column = column(List.of(values.split(" ")));
        assertThatCode(column::check).doesNotThrowAnyException();
    }

    @Test
    void manyNamesPass() {
        LabelColumn column =
                column(IntStream.range(0, 200).mapToObj(i -> "intent" + i).toList());
        assertThatCode(column::check).doesNotThrowAnyException();
    }
}
