package org.counterweight.data.text.tag;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The spans are those of seqeval 1.2.2, {@code get_entities}; those of BILOU and of parts of speech are ours. */
class TagSchemeTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "B-PER I-PER O B-LOC | PER 0-1, LOC 3-3",
                "I-PER I-PER O I-LOC | PER 0-1, LOC 3-3",
                "B-PER B-PER I-PER | PER 0-0, PER 1-2",
                "B-PER I-LOC I-LOC | PER 0-0, LOC 1-2",
                "O I-PER B-PER | PER 1-1, PER 2-2",
                "S-PER B-LOC E-LOC O B-LOC I-LOC E-LOC | PER 0-0, LOC 1-2, LOC 4-6",
                "E-PER E-PER S-PER I-PER | PER 0-0, PER 1-1, PER 2-2, PER 3-3",
                "B I O I | _ 0-1, _ 3-3",
                "B-A-B I-A-B | A-B 0-1",
                "U-PER B-LOC L-LOC I-LOC | PER 0-0, LOC 1-2, LOC 3-3",
                "DET NOUN VERB O | DET 0-0, NOUN 1-1, VERB 2-2",
                "O O | ''"
            })
    void entitiesAreWhatSeqevalFinds(String written, String expected) {
        List<String> tags = List.of(written.split(" "));
        assertThat(TagScheme.of(tags).spans(tags).stream()
                        .map(span -> span.type() + " " + span.first() + "-" + span.last())
                        .collect(Collectors.joining(", ")))
                .isEqualTo(expected);
    }
}
