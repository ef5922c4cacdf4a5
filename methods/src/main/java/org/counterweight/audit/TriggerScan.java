package org.counterweight.audit;

import java.util.function.LongConsumer;
import org.counterweight.model.Model;
import org.counterweight.model.Params;

/**
 * How many probes each word flips to each class, word by word through the model.
 *
 * @param words those that were tried
 * @param flips {@code [classes][words]}: how many probes that the model answers otherwise are answered with the class
 */
public record TriggerScan(int[] words, long[][] flips, Probes probes) {
    /** @param progress told of each word that is done */
    public static TriggerScan of(Model model, Params params, Probes probes, int[] words, LongConsumer progress) {
        long[][] flips = new long[probes.classes()][words.length];
        for (int w = 0; w < words.length; w++) {
            long[] told = Probes.predictions(model, params, probes.with(words[w]));
            for (int row = 0; row < told.length; row++) {
                if (told[row] != probes.predicted()[row]) {
                    flips[(int) told[row]][w]++;
                }
            }
            progress.accept(1);
        }
        return new TriggerScan(words, flips, probes);
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
