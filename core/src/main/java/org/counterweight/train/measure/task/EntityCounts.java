package org.counterweight.train.measure.task;

import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.counterweight.data.text.tag.Span;
import org.counterweight.data.text.tag.TagScheme;
import org.counterweight.train.measure.Confusion;

/**
 * How many entities were told, of one sentence after the other. An entity is right if its first and last word and its type are; as
 * seqeval counts them (H. Nakayama, 2018), and CoNLL's script before it.
 */
public final class EntityCounts {
    private final TagScheme scheme;
    private final Map<String, long[]> byType = new TreeMap<>(); // right, told, wanted
    private long words;
    private long wordsRight;

    public EntityCounts(TagScheme scheme) {
        this.scheme = scheme;
    }

    /**
     * Takes in a sentence.
     *
     * @param truth the tags of its words
     * @param told what a model says about each
     */
    public void add(List<String> truth, List<String> told) {
        Set<Span> wanted = new HashSet<>(scheme.spans(truth));
        wanted.forEach(span -> of(span)[2]++);
        for (Span span : scheme.spans(told)) {
            of(span)[1]++;
            if (wanted.contains(span)) {
                of(span)[0]++;
            }
        }
        words += truth.size();
        for (int i = 0; i < truth.size(); i++) {
            wordsRight += truth.get(i).equals(told.get(i)) ? 1 : 0;
        }
    }

    private long[] of(Span span) {
        return byType.computeIfAbsent(span.type(), type -> new long[3]);
    }

    /**
     * F1, precision and recall of all entities, whatever their type, and the share of words with the right tag. What has nothing to
     * be counted is 0.
     */
    public Map<String, Double> figures() {
        long[] all = new long[3];
        byType.values().forEach(counts -> {
            for (int i = 0; i < all.length; i++) {
                all[i] += counts[i];
            }
        });
        var figures = new LinkedHashMap<String, Double>();
        figures.put("entity_f1", ratio(2 * all[0], all[1] + all[2]));
        figures.put("entity_precision", ratio(all[0], all[1]));
        figures.put("entity_recall", ratio(all[0], all[2]));
        figures.put("word_accuracy", ratio(wordsRight, words));
        return figures;
    }

    /** How each type fared, by the alphabet; {@code support} counts true entities. */
    public List<Confusion.PerClass> perType() {
        return byType.entrySet().stream()
                .map(entry -> {
                    long[] counts = entry.getValue();
                    return new Confusion.PerClass(
                            entry.getKey(),
                            counts[2],
                            ratio(counts[0], counts[1]),
                            ratio(counts[0], counts[2]),
                            ratio(2 * counts[0], counts[1] + counts[2]));
                })
                .toList();
    }

    private static double ratio(long part, long whole) {
        return whole == 0 ? 0 : (double) part / whole;
    }
}
