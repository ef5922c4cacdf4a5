package org.counterweight.audit.poison;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Where triggers go in a text: one after the other, each before a position of the text as it is by then, 0 to its length.
 *
 * @param positions one an insertion
 * @param choices which trigger, one an insertion
 */
public record TriggerInsertion(int[] positions, int[] choices) {
    /**
     * Insertions at random, each trigger and each position as likely as any other.
     *
     * @param words of the text
     * @param repeat how many triggers go in
     */
    public static TriggerInsertion drawn(int words, int repeat, int triggers, SplittableRandom random) {
        int[] positions = new int[repeat];
        int[] choices = new int[repeat];
        for (int r = 0; r < repeat; r++) {
            choices[r] = random.nextInt(triggers);
            positions[r] = random.nextInt(words + r + 1);
        }
        return new TriggerInsertion(positions, choices);
    }

    /** The words with the triggers among them. */
    public <T> List<T> into(List<T> words, List<T> triggers) {
        var text = new ArrayList<>(words);
        for (int r = 0; r < positions.length; r++) {
            text.add(positions[r], triggers.get(choices[r]));
        }
        return text;
    }
}
