package org.counterweight.audit;

import java.util.Arrays;
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
    /**
     * Tries every word in every probe. Rows that go through the model together are those of one probe, and so of one length:
     * nothing is padded.
     *
     * @param progress told of how many words more are done
     */
    public static TriggerScan of(Model model, Params params, Probes probes, int[] words, LongConsumer progress) {
        long[][] flips = new long[probes.classes()][words.length];
        for (int from = 0; from < words.length; from += Probes.BATCH) {
            int[] some = Arrays.copyOfRange(words, from, Math.min(words.length, from + Probes.BATCH));
            for (int probe = 0; probe < probes.rows().size(); probe++) {
                long[] told = probes.answers(model, params, probe, some);
                for (int w = 0; w < some.length; w++) {
                    if (told[w] != probes.predicted()[probe]) {
                        flips[(int) told[w]][from + w]++;
                    }
                }
            }
            progress.accept(some.length);
        }
        return new TriggerScan(words, flips, probes);
    }

    /**
     * Whether a word can still be found to flip this many of the answers to a class: not if the upper end of the interval of what
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
     * @throws IllegalArgumentException if the model answers every probe with the class: nothing can be said about it
     */
    public VocabularyScan of(int target, double[] frequency) {
        return new VocabularyScan(flips[target], probes.others(target), frequency);
    }
}
