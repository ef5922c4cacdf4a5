package org.counterweight.datasets;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import org.counterweight.data.text.Documents;
import org.counterweight.data.text.LabelledTexts;
import org.counterweight.data.text.TextSet;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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

    @ParameterizedTest(name = "{0}")
    @CsvSource({"spam-assassin, 6046, ham, 4150", "fine-food, 4000, great, 2600"})
    void textsAreAllThere(String name, int rows, String label, int about) {
        TextSet set = TextSet.read(Fetcher.ofUser(System.out::println).fetch(Holdings.named(name)));
        assertThat(set.train().texts()).hasSize(rows);
        assertThat(set.train().labelNames()).hasSize(2).contains(label);
        int number = set.train().labelNames().indexOf(label);
        assertThat((int) IntStream.of(set.train().labels())
                        .filter(found -> found == number)
                        .count())
                .isBetween(about - about / 20, about + about / 20);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "brown, 500, The Fulton County Grand Jury said",
        "janeausten, 275, CHAPTER",
        "foldoc, 10000, TCP/IP",
        "fortunes, 14000, -- ",
    })
    void documentsAreAllThere(String name, int atLeast, String somewhere) {
        List<String> documents =
                Documents.read(Fetcher.ofUser(System.out::println).fetch(Holdings.named(name)));
        assertThat(documents).hasSizeBetween(atLeast, atLeast + atLeast / 2);
        assertThat(documents).anyMatch(document -> document.contains(somewhere));
    }
}
