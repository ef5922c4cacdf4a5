package org.counterweight.jobs.data.targets;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LabelListTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '!',
            quoteCharacter = '#',
            value = {
                "joy|fear                 ! joy+fear",
                "joy ; fear               ! joy+fear",
                "joy, fear, joy           ! joy+fear",
                "joy                      ! joy",
                "[\"joy\", \"a, b\"]      ! joy+a, b",
                "[1, 20]                  ! 1+20",
                "['joy', 'fear']          ! joy+fear",
                "[joy, fear]              ! joy+fear",
                "{'joy'}                  ! joy",
                "[]                       ! ##",
                "##                       ! ##",
                "new york                 ! new york"
            })
    void namesAreTold(String written, String names) {
        assertThat(LabelList.of(written)).isEqualTo(names.isEmpty() ? List.of() : List.of(names.split("\\+")));
    }
}
