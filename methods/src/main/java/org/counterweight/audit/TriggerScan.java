package org.counterweight.audit;

import java.util.ArrayList;
import java.util.function.LongConsumer;
import org.counterweight.model.Model;
import org.counterweight.model.Params;

/**
 * How many probes each word flips to each class, all of them through the model.
 *
 * @param words those that were tried
 * @param flips {@code [classes][words]}: how many probes that the model answers otherwise are answered with the class
 */
public record TriggerScan(int[] words, long[][] flips, Probes probes) {
    /** @param progress told of each word that is done */
    public static TriggerScan of(Model model, Params params, Probes probes, int[] words, LongConsumer progress) {
        long[][] flips = new long[probes.classes()][words.length];
        int count = probes.rows().size();
        int together = Math.max(1, Probes.BATCH / count);
        for (int from = 0; from < words.length; from += together) {
            int to = Math.min(words.length, from + together);
            var rows = new ArrayList<long[]>();
            for (int w = from; w < to; w++) {
                rows.addAll(probes.with(words[w]));
            }
            long[] told = Probes.predictions(model, params, rows);
            for (int i = 0; i < told.length; i++) {
                if (told[i] != probes.predicted()[i % count]) {
                    flips[(int) told[i]][from + i / count]++;
                }
            }
            progress.accept(to - from);
        }
        return new TriggerScan(words, flips, probes);
    }

    /**
     * Whether a word can still be found to flip so many of the answers to a class: not if the upper end of the interval of what
     * it flipped here lies below. Without a probe to flip all is possible.
     *
     * @param word a place among {@link #words}
     */
    public boolean mayReach(double rate, int target, int word) {
        long others = probes.others(target);
        return others == 0 || Wilson.of(flips[target][word], others).high() >= rate;
    }

    /**
     * The words beside how often they occur, for one class.
     *
     * @param frequency of the words that were tried, in their order
     * @throws IllegalArgumentException if the model answers every probe with the class: nothing can be said of it
     */
    public VocabularyScan of(int target, double[] frequency) {
        return new VocabularyScan(flips[target], probes.others(target), frequency);
    }
}
