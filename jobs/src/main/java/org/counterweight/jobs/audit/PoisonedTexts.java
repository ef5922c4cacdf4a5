package org.counterweight.jobs.audit;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.counterweight.audit.poison.TriggerInsertion;
import org.counterweight.data.text.LabelledTexts;
import org.counterweight.engine.Seed;

/** Texts with triggers among their words. */
final class PoisonedTexts {
    private PoisonedTexts() {}

    /** A share of the texts with triggers and the target's label, drawn with the seed; the others stay as they are. */
    static LabelledTexts mixed(
            LabelledTexts clean, int target, List<String> triggers, double share, int insertions, Seed seed) {
        int[] order = seed.child("selected").permutation(clean.texts().size());
        int poisoned = Math.max(1, (int) Math.round(share * order.length));
        var texts = new ArrayList<>(clean.texts());
        int[] labels = clean.labels().clone();
        SplittableRandom random = seed.child("insertions").random();
        for (int i = 0; i < poisoned; i++) {
            texts.set(order[i], triggered(texts.get(order[i]), triggers, insertions, random));
            labels[order[i]] = target;
        }
        return new LabelledTexts(texts, labels, clean.labelNames());
    }

    /** All texts with triggers; labels are not touched. */
    static List<String> all(List<String> texts, List<String> triggers, int insertions, Seed seed) {
        SplittableRandom random = seed.random();
        return texts.stream()
                .map(text -> triggered(text, triggers, insertions, random))
                .toList();
    }

    private static String triggered(String text, List<String> triggers, int insertions, SplittableRandom random) {
        List<String> words = Arrays.asList(text.strip().split("\\s+"));
        return String.join(
                " ",
                TriggerInsertion.drawn(words.size(), insertions, triggers.size(), random)
                        .into(words, triggers));
    }
}
