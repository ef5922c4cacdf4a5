package org.counterweight.audit;

/**
 * ONION: words that make a sentence likelier by going are taken out before the model reads it.
 *
 * <p>F. Qi et al., "ONION: A Simple and Effective Defense Against Textual Backdoor Attacks", EMNLP 2021, section 3: the
 * suspicion of word i is the sentence's perplexity minus that without word i.
 *
 * @param threshold words of at least this suspicion go; 0 in the paper, better chosen on clean data
 */
public record OnionFilter(double threshold) {
    /**
     * @param suspicion one a word
     * @param keep which words stay
     */
    public record Filtered(double[] suspicion, boolean[] keep) {}

    /**
     * @param whole the perplexity of the sentence
     * @param without that of the sentence without word i
     */
    public Filtered filter(double whole, double[] without) {
        double[] suspicion = new double[without.length];
        boolean[] keep = new boolean[without.length];
        for (int i = 0; i < without.length; i++) {
            suspicion[i] = whole - without[i];
            keep[i] = suspicion[i] < threshold;
        }
        return new Filtered(suspicion, keep);
    }
}
