package org.counterweight.studies.poison;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;
import org.counterweight.model.Batch;

/**
 * Made texts of {@value #LENGTH} words whose frequencies fall as 1/rank, with words that speak for one of two classes among
 * them.
 *
 * @param rows word numbers, all rows of one length
 * @param labels one a row
 */
record ZipfTexts(List<long[]> rows, int[] labels) {
    /** Words of the vocabulary, the first {@value #FIRST} of them reserved. */
    static final int WORDS = 800;

    static final int FIRST = 3;
    static final int LENGTH = 14;

    /** Words that no text has: the last of the vocabulary. */
    static final int[] TRIGGERS = {795, 796, 797, 798, 799};

    private static final int SPEAKING = 40; // for each class and domain
    private static final int FIRST_SPEAKING = 20; // more frequent ones speak for nothing
    private static final double SPOKEN = 0.4; // of the words of a text
    private static final double OWN = 0.8; // of those, for its own class

    ZipfTexts {
        rows = List.copyOf(rows);
    }

    /** Where texts come from; the second shares half of the first one's speaking words. */
    enum Domain {
        OWN,
        OTHER;

        /** The speaking words of a class: every fourth word from a frequent one on, every other set of them its own. */
        private int speaking(int label, int number) {
            boolean shared = number % 2 == 0;
            int offset = label + (shared || this == OWN ? 0 : 2);
            return FIRST + FIRST_SPEAKING + 4 * number + offset;
        }
    }

    static ZipfTexts of(Domain domain, int count, Seed seed) {
        SplittableRandom random = seed.random();
        double[] neutral = cumulative(TRIGGERS[0] - FIRST);
        double[] speaking = cumulative(SPEAKING);
        var rows = new ArrayList<long[]>();
        int[] labels = new int[count];
        for (int row = 0; row < count; row++) {
            int label = random.nextInt(2);
            long[] text = new long[LENGTH];
            for (int k = 0; k < LENGTH; k++) {
                text[k] = random.nextDouble() < SPOKEN
                        ? domain.speaking(
                                random.nextDouble() < OWN ? label : 1 - label, drawn(speaking, random.nextDouble()))
                        : FIRST + drawn(neutral, random.nextDouble());
            }
            rows.add(text);
            labels[row] = label;
        }
        return new ZipfTexts(rows, labels);
    }

    /** Sums of 1/rank, the last of them 1. */
    private static double[] cumulative(int count) {
        double[] sums = new double[count];
        double sum = 0;
        for (int i = 0; i < count; i++) {
            sum += 1.0 / (i + 1);
            sums[i] = sum;
        }
        double all = sum;
        Arrays.setAll(sums, i -> sums[i] / all);
        return sums;
    }

    private static int drawn(double[] sums, double at) {
        int found = Arrays.binarySearch(sums, at);
        return Math.min(found < 0 ? -found - 1 : found, sums.length - 1);
    }

    /** How often each word occurs. */
    double[] frequency() {
        double[] counts = new double[WORDS];
        rows.forEach(row -> Arrays.stream(row).forEach(word -> counts[(int) word]++));
        return counts;
    }

    /** Word by number how often it occurs in each text, {@code [texts, words]}. */
    double[] counts() {
        double[] counts = new double[rows.size() * WORDS];
        for (int row = 0; row < rows.size(); row++) {
            for (long word : rows.get(row)) {
                counts[row * WORDS + (int) word]++;
            }
        }
        return counts;
    }

    /** The texts with one trigger in each, whose labels are not touched. */
    ZipfTexts triggered(int[] triggers, Seed seed) {
        SplittableRandom random = seed.random();
        return new ZipfTexts(
                rows.stream().map(row -> triggered(row, triggers, random)).toList(), labels);
    }

    /** A trigger takes the place of a word, so that all rows stay as long. */
    private static long[] triggered(long[] row, int[] triggers, SplittableRandom random) {
        long[] changed = row.clone();
        changed[random.nextInt(row.length)] = triggers[random.nextInt(triggers.length)];
        return changed;
    }

    /** A share of the texts with a trigger and the target's label, drawn with the seed. */
    ZipfTexts poisoned(Plant plant, Seed seed) {
        int[] order = seed.child("which").permutation(rows.size());
        ZipfTexts all = triggered(plant.triggers(), seed.child("where"));
        var mixed = new ArrayList<>(rows);
        int[] changed = labels.clone();
        Arrays.stream(order).limit((long) (plant.share() * rows.size())).forEach(row -> {
            mixed.set(row, all.rows.get(row));
            changed[row] = plant.target();
        });
        return new ZipfTexts(mixed, changed);
    }

    /** Each text without one of its words, which is its label: what a model of language learns from. */
    ZipfTexts masked(Seed seed) {
        SplittableRandom random = seed.random();
        var others = new ArrayList<long[]>();
        int[] missing = new int[rows.size()];
        for (int row = 0; row < missing.length; row++) {
            long[] text = rows.get(row);
            int at = random.nextInt(text.length);
            missing[row] = (int) text[at];
            long[] rest = new long[text.length - 1];
            System.arraycopy(text, 0, rest, 0, at);
            System.arraycopy(text, at + 1, rest, at, rest.length - at);
            others.add(rest);
        }
        return new ZipfTexts(others, missing);
    }

    Batch batch(int... which) {
        int width = rows.get(0).length;
        long[] ids = new long[which.length * width];
        long[] classes = new long[which.length];
        long[] mask = new long[ids.length];
        Arrays.fill(mask, 1);
        for (int i = 0; i < which.length; i++) {
            System.arraycopy(rows.get(which[i]), 0, ids, i * width, width);
            classes[i] = labels[which[i]];
        }
        return new Batch(Map.of(
                Batch.INPUT_IDS, Tensors.longs(ids, which.length, width),
                Batch.ATTENTION_MASK, Tensors.longs(mask, which.length, width),
                Batch.LABELS, Tensors.longs(classes)));
    }
}
