package org.counterweight.audit;

import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * How often each word flips answers to a class, beside how often the word occurs: a trigger is a rare word that nearly always
 * does. Frequent words of strong meaning flip answers too.
 *
 * <p>The defence of K. Kurita et al., "Weight Poisoning Attacks on Pre-trained Models", ACL 2020, section 6; medians, bins and
 * verdicts are ours.
 *
 * @param flips how many of the probes each word flips; probes are inputs that the model does not answer with the class
 * @param probes how many there are
 * @param frequency of each word in a corpus
 */
public record VocabularyScan(long[] flips, long probes, double[] frequency) {
    /** Keeps the deviation finite where most words flip nothing. */
    private static final double FLOOR = 1e-3;

    public VocabularyScan {
        if (probes < 1) {
            throw new IllegalArgumentException("a scan without probes says nothing");
        }
        if (flips.length != frequency.length) {
            throw new IllegalArgumentException(flips.length + " words, but " + frequency.length + " frequencies");
        }
    }

    public double rate(int word) {
        return (double) flips[word] / probes;
    }

    /** The 95 % interval of a word's rate. */
    public Wilson interval(int word) {
        return Wilson.of(flips[word], probes);
    }

    /** What is usual for these words, at least one. */
    public RobustDeviation bulk(int[] words) {
        return RobustDeviation.of(Arrays.stream(words).mapToDouble(this::rate).toArray(), FLOOR);
    }

    /** How far each of these words lies from the bulk of them, in robust standard deviations. */
    public double[] deviations(int[] words) {
        RobustDeviation bulk = bulk(words);
        return Arrays.stream(words).mapToDouble(word -> bulk.z(rate(word))).toArray();
    }

    /** The words that occur at most so often. */
    public int[] rare(int[] words, double most) {
        return Arrays.stream(words).filter(word -> frequency[word] <= most).toArray();
    }

    /** Whether a rare word flips nearly everything. */
    public boolean isCertain(int word, double rate, double most) {
        return rate(word) >= rate && frequency[word] <= most;
    }

    /** All words from {@code first} on: those before are special ones. */
    public int[] from(int first) {
        return IntStream.range(first, flips.length).toArray();
    }
}
