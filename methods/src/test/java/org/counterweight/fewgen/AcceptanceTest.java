package org.counterweight.fewgen;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.counterweight.fewgen.generate.Acceptance;
import org.counterweight.fewgen.generate.Acceptance.Text;
import org.counterweight.fewgen.generate.Fate;
import org.counterweight.fewgen.generate.LabelWriter.Candidate;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Different texts alone are kept, and each of the others is told by the rule that turned it away. */
class AcceptanceTest {
    private final Acceptance single = new Acceptance(List.of("\n", "?"), List.of(new Text(null, " the cat sat ")));

    private static Fate of(Acceptance acceptance, @Nullable String first, String text, boolean ended) {
        return acceptance.of(new Candidate(0, first, text, ended));
    }

    @Test
    void aTextCountsOnce() {
        assertThat(of(single, null, "a dog ran", true)).isEqualTo(Fate.ACCEPTED);
        assertThat(of(single, null, "a dog ran", true)).isEqualTo(Fate.REPEATED);
        assertThat(of(single, null, " a dog ran  ", true)).isEqualTo(Fate.REPEATED);
        assertThat(of(single, null, "a dog ran off", true)).isEqualTo(Fate.ACCEPTED);
    }

    @Test
    void aCopyOfAnExampleIsNoNewText() {
        assertThat(of(single, null, "the cat sat", true)).isEqualTo(Fate.SEED_ROW);
        assertThat(of(single, null, "the cat sat", true)).isEqualTo(Fate.SEED_ROW);
    }

    /** The first rule that a text breaks is told. */
    @Test
    void rulesAreAskedInTheirOrder() {
        assertThat(of(single, null, "the cat sat", false)).isEqualTo(Fate.NO_END);
        assertThat(of(single, null, "\nwhy?", true)).isEqualTo(Fate.LINE_BREAK);
        assertThat(of(single, null, "why?", true)).isEqualTo(Fate.BAD_TOKEN);
        assertThat(of(single, null, "  ", true)).isEqualTo(Fate.EMPTY);
    }

    /** Of pairs, the first sentence is what must differ; a copy is one of both. */
    @Test
    void aPairIsItsFirstSentence() {
        var pairs = new Acceptance(List.of(), List.of(new Text("one", "two")));
        assertThat(of(pairs, "one", "two", true)).isEqualTo(Fate.SEED_ROW);
        assertThat(of(pairs, "one", "three", true)).isEqualTo(Fate.ACCEPTED);
        assertThat(of(pairs, "one", "four", true)).isEqualTo(Fate.REPEATED);
        assertThat(of(pairs, "other", "three", true)).isEqualTo(Fate.ACCEPTED);
    }
}
