package org.counterweight.train.measure.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.counterweight.data.text.tag.TagScheme;
import org.counterweight.train.measure.Confusion;
import org.junit.jupiter.api.Test;

class EntityCountsTest {
    /** The figures are seqeval's of the same tags. */
    @Test
    void anEntityIsRightAsAWhole() {
        var counts = new EntityCounts(TagScheme.of(List.of("B-PER", "I-PER", "B-LOC", "O")));
        counts.add(List.of("B-PER", "I-PER", "O", "B-LOC"), List.of("B-PER", "O", "O", "B-LOC"));
        counts.add(List.of("O", "B-LOC", "O"), List.of("O", "B-LOC", "B-PER"));
        assertThat(counts.figures().get("entity_precision")).isCloseTo(2 / 4.0, within(1e-12));
        assertThat(counts.figures().get("entity_recall")).isCloseTo(2 / 3.0, within(1e-12));
        assertThat(counts.figures().get("entity_f1")).isCloseTo(4 / 7.0, within(1e-12));
        assertThat(counts.figures().get("word_accuracy")).isCloseTo(5 / 7.0, within(1e-12));
        assertThat(counts.perType())
                .containsExactly(new Confusion.PerClass("LOC", 2, 1, 1, 1), new Confusion.PerClass("PER", 1, 0, 0, 0));
    }

    @Test
    void nothingToCountIsNoFailure() {
        var counts = new EntityCounts(TagScheme.of(List.of("O")));
        counts.add(List.of("O"), List.of("O"));
        assertThat(counts.figures().get("entity_f1")).isZero();
        assertThat(counts.figures().get("word_accuracy")).isEqualTo(1);
    }
}
