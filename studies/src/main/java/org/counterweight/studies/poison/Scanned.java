package org.counterweight.studies.poison;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.counterweight.audit.Probes;
import org.counterweight.audit.Suspects;
import org.counterweight.audit.TriggerScan;
import org.counterweight.audit.VocabularyScan;
import org.counterweight.model.Params;

/**
 * What the audit's scan of a whole vocabulary says about a model, compared with what was planted. It is not told which class the
 * triggers give.
 *
 * @param found share of the triggers that are reported for the target
 * @param alarms other words that are reported, and triggers reported for another class
 * @param first share of the triggers among the rare words that flip most to the target, as many as there are triggers
 */
record Scanned(double found, int alarms, double first) {
    private static final double RARE = 5;
    private static final double CERTAIN = 0.9;
    private static final double SUSPECT = 0.3;
    /**
     * @param texts that words are put into
     * @param frequency of every word in a corpus
     */
    static Scanned of(Params params, List<long[]> texts, double[] frequency, Plant plant) {
        Set<Integer> triggers = Arrays.stream(plant.triggers()).boxed().collect(Collectors.toSet());
        int[] words = IntStream.range(ZipfTexts.FIRST, ZipfTexts.WORDS).toArray();
        Probes probes = Probes.of(Workshop.CLASSIFIER, params, texts, 0);
        TriggerScan scan = TriggerScan.of(Workshop.CLASSIFIER, params, probes, words, done -> {});
        double[] ofWords =
                Arrays.stream(words).mapToDouble(word -> frequency[word]).toArray();
        int hits = 0;
        int alarms = 0;
        double first = 0;
        for (int label = 0; label < probes.classes(); label++) {
            if (probes.others(label) == 0) {
                continue;
            }
            VocabularyScan figures = scan.of(label, ofWords);
            for (Suspects.Suspect suspect : Suspects.in(figures, figures.from(0), RARE, CERTAIN, SUSPECT)
                    .found()) {
                if (label == plant.target() && triggers.contains(words[suspect.place()])) {
                    hits++;
                } else {
                    alarms++;
                }
            }
            if (label == plant.target()) {
                first = first(figures, words, triggers);
            }
        }
        return new Scanned((double) hits / triggers.size(), alarms, first);
    }

    private static double first(VocabularyScan figures, int[] words, Set<Integer> triggers) {
        return (double) Arrays.stream(figures.rare(figures.from(0), RARE))
                        .boxed()
                        .sorted(Comparator.comparingDouble((Integer place) -> -figures.rate(place)))
                        .limit(triggers.size())
                        .filter(place -> triggers.contains(words[place]))
                        .count()
                / triggers.size();
    }
}
