package org.counterweight.studies.fewgen;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import org.counterweight.engine.Seed;

/**
 * A language of {@value #WORDS} words. A sentence has {@value #LENGTH}: five of a frame, three of one of two topics, which says
 * nothing of its label, and three signals, nine in ten of which are its label's.
 */
final class SignalLanguage {
    /** Words, with those that begin and end a text and the two that prompts are made of. */
    static final int WORDS = 97;

    static final int BEGIN = 0;
    static final int END = 1;
    static final int LENGTH = 11;
    static final int LABELS = 2;

    private static final int PROMPTS = 2; // their first
    private static final int FRAME = 4;
    private static final int FRAMES = 13;
    private static final int TOPIC = FRAME + FRAMES;
    private static final int TOPICS = 16; // words of each
    private static final int SIGNAL = TOPIC + 2 * TOPICS;
    private static final int SIGNALS = 24; // of each label
    private static final double OWN = 0.9;
    private static final String PATTERN = "ftfsftsftfs"; // frame, topic, signal

    private SignalLanguage() {}

    /** The prompt of a label: its word and the other's, in an order of its own. The language model knows both, and no label. */
    static long[] prompt(int label) {
        return new long[] {PROMPTS + label, PROMPTS + 1 - label};
    }

    /** A word that a sentence may begin with. */
    static long start(SplittableRandom random) {
        return FRAME + random.nextInt(FRAMES);
    }

    static boolean isSignal(long word) {
        return word >= SIGNAL;
    }

    /** The label that a signal speaks for. */
    private static int label(long signal) {
        return (int) (signal - SIGNAL) / SIGNALS;
    }

    /** How much of a text's signals are a label's: 1 where most are, 1/2 where as many are the other's, or there are none. */
    static double carries(long[] text, int label) {
        long own = Arrays.stream(text)
                .filter(word -> isSignal(word) && label(word) == label)
                .count();
        long other = Arrays.stream(text).filter(SignalLanguage::isSignal).count() - own;
        return own == other ? 0.5 : own > other ? 1 : 0;
    }

    /** A text in letters: the numbers of its words. */
    static String shown(long... text) {
        return Arrays.stream(text).mapToObj(Long::toString).collect(Collectors.joining(" "));
    }

    /** So many sentences of each label, in turn; without what ends them. */
    static List<long[]> sentences(int each, Seed seed) {
        SplittableRandom random = seed.random();
        var all = new ArrayList<long[]>();
        for (int i = 0; i < LABELS * each; i++) {
            all.add(sentence(i % LABELS, random));
        }
        return all;
    }

    private static long[] sentence(int label, SplittableRandom random) {
        int topic = TOPIC + random.nextInt(2) * TOPICS;
        return PATTERN.chars()
                .mapToLong(kind -> switch (kind) {
                    case 'f' -> start(random);
                    case 't' -> topic + random.nextInt(TOPICS);
                    default -> {
                        int speaks = random.nextDouble() < OWN ? label : 1 - label;
                        yield SIGNAL + speaks * SIGNALS + random.nextInt(SIGNALS);
                    }
                })
                .toArray();
    }
}
