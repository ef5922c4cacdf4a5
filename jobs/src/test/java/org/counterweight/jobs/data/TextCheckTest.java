package org.counterweight.jobs.data;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.counterweight.data.text.LabelledTexts;
import org.junit.jupiter.api.Test;

/** What is found in labelled texts before a model learns from them. */
class TextCheckTest {
    private static final LabelledTexts TRAIN = LabelledTexts.of(
            List.of("a cat", "a tree", "a cat", "кот", "a cat", "the sea"),
            List.of("animal", "plant", "animal", "animal", "plant", "water"));

    @Test
    void rareRepeatedAndContradictingRowsAreTold() {
        assertThat(new TextCheck(TRAIN, null, null).findings())
                .containsExactly(
                        "the most frequent class, animal, has 50.0 % of the rows",
                        "one class has a single row, which cannot be learnt from and judged by: water",
                        "2 of 6 rows repeat the text of another, so that some that are held out are learnt from as well",
                        "one text has different classes in different rows: \"a cat\" is animal and plant",
                        "texts are in several scripts: Latin 83 %, Cyrillic 17 %");
    }

    @Test
    void rowsToJudgeByThatAreLearntFromAreCounted() {
        LabelledTexts held =
                LabelledTexts.of(List.of("a cat", "a dog", "a tree"), List.of("animal", "animal", "plant"));
        assertThat(new TextCheck(TRAIN, held, held).findings())
                .contains(
                        "2 of 3 texts to choose by are learnt from as well",
                        "2 of 3 texts to judge by are learnt from as well",
                        "2 of 6 rows repeat the text of another");
    }

    @Test
    void ofCleanTextsOnlyTheMajorityIsTold() {
        LabelledTexts clean = LabelledTexts.of(List.of("a", "b", "c", "d"), List.of("x", "y", "x", "y"));
        assertThat(new TextCheck(clean, null, null).findings())
                .containsExactly("the most frequent class, x, has 50.0 % of the rows");
    }
}
