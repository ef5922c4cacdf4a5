package org.counterweight.data.fetch;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import org.counterweight.data.LabelledTexts;
import org.counterweight.data.TextSet;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The texts of the registries, fetched and converted as any user's are. */
@Tag("real")
class RealTextsTest {
    @Test
    void wordNetHas26ClassesOfNouns() {
        LabelledTexts nouns = TextSet.read(Fetcher.ofUser(System.out::println).fetch(Holdings.named("wordnet-nouns")))
                .train();
        assertThat(nouns.labelNames()).hasSize(26).contains("animal", "artifact", "motive", "tops");
        assertThat(nouns.texts()).hasSizeGreaterThan(82_000);
        int artifact = nouns.labelNames().indexOf("artifact");
        int motive = nouns.labelNames().indexOf("motive");
        assertThat(IntStream.of(nouns.labels())
                        .filter(label -> label == artifact)
                        .count())
                .isGreaterThan(11_000);
        assertThat(IntStream.of(nouns.labels()).filter(label -> label == motive).count())
                .isBetween(40L, 45L);
        assertThat(nouns.texts().get(0))
                .isEqualTo("that which is perceived or known or inferred to have its own distinct existence (living or"
                        + " nonliving)");
    }
}
