package org.counterweight.data.text;

import java.util.ArrayList;
import java.util.List;

/**
 * What a model reads at a time: texts, or pairs of them.
 *
 * @param texts of pairs the first ones
 * @param pairs what is read together with each; empty where texts stand alone
 */
public record Passages(List<String> texts, List<String> pairs) {
    /** @throws IllegalArgumentException if some texts have a pair and some have none */
    public Passages {
        texts = List.copyOf(texts);
        pairs = List.copyOf(pairs);
        if (!pairs.isEmpty() && pairs.size() != texts.size()) {
            throw new IllegalArgumentException(texts.size() + " texts, but " + pairs.size() + " to be read with them");
        }
    }

    /** Texts that stand alone. */
    public static Passages alone(List<String> texts) {
        return new Passages(texts, List.of());
    }

    public int size() {
        return texts.size();
    }

    /** Whether two texts are read together. */
    public boolean arePairs() {
        return !pairs.isEmpty();
    }

    /** One after the other, all of them alone or all in pairs. */
    public static Passages joined(List<Passages> parts) {
        var texts = new ArrayList<String>();
        var pairs = new ArrayList<String>();
        parts.forEach(part -> {
            texts.addAll(part.texts);
            pairs.addAll(part.pairs);
        });
        return new Passages(texts, pairs);
    }

    /** With no class to be told by. */
    public LabelledTexts unlabelled() {
        return new LabelledTexts(texts, pairs, new int[texts.size()], List.of(""));
    }
}
