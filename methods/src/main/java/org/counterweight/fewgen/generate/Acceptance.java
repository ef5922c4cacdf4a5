package org.counterweight.fewgen.generate;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which written texts of one label are kept, in the order in which they were written: different ones alone. Of pairs, the first
 * sentence is what must differ.
 *
 * <p>Not thread-safe: it remembers what it has seen.
 */
public final class Acceptance {
    private final List<String> bad;
    private final Set<Text> examples;
    private final Set<String> seen = new HashSet<>();

    /**
     * A text, or a pair of sentences.
     *
     * @param first the first sentence of a pair; null of a single text
     */
    public record Text(@Nullable String first, String text) {
        Text stripped() {
            return new Text(first == null ? null : first.strip(), text.strip());
        }
    }

    /**
     * @param bad what no text may contain
     * @param examples the few that the generator was tuned on: a copy of one is no new text
     */
    public Acceptance(List<String> bad, List<Text> examples) {
        this.bad = List.copyOf(bad);
        this.examples = new HashSet<>(examples.stream().map(Text::stripped).toList());
    }

    /** What becomes of the next text. */
    public Fate of(LabelWriter.Candidate candidate) {
        Text text = new Text(candidate.first(), candidate.text());
        if (!candidate.ended()) {
            return Fate.NO_END;
        }
        if (text.text().startsWith("\n") || text.text().startsWith("\r")) {
            return Fate.LINE_BREAK;
        }
        if (bad.stream().anyMatch(text.text()::contains)) {
            return Fate.BAD_TOKEN;
        }
        if (text.text().isBlank()) {
            return Fate.EMPTY;
        }
        if (examples.contains(text.stripped())) {
            return Fate.SEED_ROW;
        }
        String key = text.first() == null ? text.text() : text.first();
        return seen.add(key.strip()) ? Fate.ACCEPTED : Fate.REPEATED;
    }
}
