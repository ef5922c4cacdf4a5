package org.counterweight.datasets.graph;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Texts as weights of their words: tf · (ln((1 + n) / (1 + df)) + 1), each text's weights of length 1. G. Salton and C. Buckley,
 * "Term-weighting approaches in automatic text retrieval", Information Processing and Management 24(5), 1988, smoothed.
 *
 * @param places of the words, from 0
 * @param inverse of the share of texts that have each, by its place
 */
record TermWeights(Map<String, Integer> places, double[] inverse) {
    private static final Pattern WORD = Pattern.compile("[a-z]{2,}");

    /** Of the words that occur most often in these texts; of equally frequent ones the first in the alphabet. */
    static TermWeights of(List<String> texts, int words) {
        var counts = new TreeMap<String, Long>();
        var among = new HashMap<String, Integer>();
        for (String text : texts) {
            words(text).forEach(word -> counts.merge(word, 1L, Long::sum));
            new HashSet<>(words(text).toList()).forEach(word -> among.merge(word, 1, Integer::sum));
        }
        List<String> chosen = counts.entrySet().stream()
                .sorted(Comparator.comparing(Map.Entry<String, Long>::getValue).reversed())
                .limit(words)
                .map(Map.Entry::getKey)
                .sorted()
                .toList();
        var places = new HashMap<String, Integer>();
        double[] inverse = new double[chosen.size()];
        for (int i = 0; i < inverse.length; i++) {
            String word = chosen.get(i);
            places.put(word, i);
            inverse[i] = Math.log((1.0 + texts.size()) / (1 + among.getOrDefault(word, 0))) + 1;
        }
        return new TermWeights(places, inverse);
    }

    private static Stream<String> words(String text) {
        return WORD.matcher(text.toLowerCase(Locale.ROOT)).results().map(MatchResult::group);
    }

    /** One weight that is not 0. */
    record Weight(int text, int word, double value) {}

    /** All that are not 0. */
    List<Weight> of(List<String> texts) {
        var weights = new ArrayList<Weight>();
        for (int text = 0; text < texts.size(); text++) {
            var found = new TreeMap<Integer, Double>();
            words(texts.get(text))
                    .map(places::get)
                    .filter(Objects::nonNull)
                    .forEach(place -> found.merge(place, inverse[place], Double::sum));
            double length =
                    Math.sqrt(found.values().stream().mapToDouble(v -> v * v).sum());
            for (var entry : found.entrySet()) {
                weights.add(new Weight(text, entry.getKey(), entry.getValue() / length));
            }
        }
        return weights;
    }
}
