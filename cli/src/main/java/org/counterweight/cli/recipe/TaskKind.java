package org.counterweight.cli.recipe;

import java.util.List;
import java.util.Locale;

/** What a model is to learn. */
public enum TaskKind {
    /** Which of a few classes a text belongs to. */
    TEXT_CLASSIFICATION("accuracy", "macro_f1"),
    /** The next word from those before it: decoders. */
    CAUSAL_LM("loss", "perplexity"),
    /** Hidden words from those around them: encoders. */
    MASKED_LM("loss", "perplexity");

    private final List<String> figures;

    TaskKind(String... figures) {
        this.figures = List.of(figures);
    }

    /** The figures that a result of this kind is judged by, by their names in an evaluation. */
    public List<String> figures() {
        return figures;
    }

    /** Whether the model has to find words. */
    public boolean isLanguageModel() {
        return this != TEXT_CLASSIFICATION;
    }

    /** As it stands in recipes. */
    public String key() {
        return name().toLowerCase(Locale.ROOT);
    }
}
