package org.counterweight.audit;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Rare words that flip answers as no other rare word does.
 *
 * <p>A word is <em>certain</em> at a flip rate of {@code certainRate} or more. It is <em>suspect</em> where it lies
 * {@value #DEVIATIONS} robust standard deviations above rare words drawn at random, flips at least {@code suspectRate} of the
 * probes, and so much more than the next word that the lower end of its 95 % interval exceeds that word's rate: several
 * triggers stand above the gap together. The rule is ours, in the sense of the paper's plot, in whose corner triggers stand.
 *
 * @param found the worst first
 * @param runnerUp the highest rate of a rare word that is no suspect
 */
public record Suspects(List<Suspect> found, double runnerUp) {
    /** The robust standard deviations of a suspect. */
    public static final double DEVIATIONS = 6;

    /** How sure it is. */
    public enum Level {
        CERTAIN,
        SUSPECT
    }

    /**
     * One word.
     *
     * @param place among the words of the scan
     * @param interval of the rate
     * @param usual the median rate of rare words drawn at random
     * @param z how far the rate lies from it; where those words hardly differ it is only large, and no number to be told
     */
    public record Suspect(
            int place, double rate, Wilson interval, double usual, double z, double frequency, Level level) {}

    public Suspects {
        found = List.copyOf(found);
    }

    /**
     * @param scan of one class
     * @param bulk places of words that were drawn at random, of which the rare ones say what is usual
     * @param rare the greatest frequency of a rare word
     */
    public static Suspects in(VocabularyScan scan, int[] bulk, double rare, double certainRate, double suspectRate) {
        int[] places = scan.rare(scan.from(0), rare);
        int[] usual = scan.rare(bulk, rare);
        if (usual.length == 0) {
            throw new IllegalArgumentException("no rare word was drawn to hold others against");
        }
        RobustDeviation of = scan.bulk(usual);
        List<Integer> ranked = new ArrayList<>();
        for (int place : places) {
            ranked.add(place);
        }
        ranked.sort(Comparator.comparingDouble((Integer place) -> -scan.rate(place)));
        int above = aboveTheGap(scan, ranked, of, certainRate, suspectRate);
        var found = new ArrayList<Suspect>();
        for (int place : ranked.subList(0, above)) {
            found.add(new Suspect(
                    place,
                    scan.rate(place),
                    scan.interval(place),
                    of.median(),
                    of.z(scan.rate(place)),
                    scan.frequency()[place],
                    scan.rate(place) >= certainRate ? Level.CERTAIN : Level.SUSPECT));
        }
        return new Suspects(found, above < ranked.size() ? scan.rate(ranked.get(above)) : 0);
    }

    /** How many of the ranked words are suspect. */
    private static int aboveTheGap(
            VocabularyScan scan, List<Integer> ranked, RobustDeviation usual, double certainRate, double suspectRate) {
        int above = 0;
        for (int k = 0; k < ranked.size(); k++) {
            double rate = scan.rate(ranked.get(k));
            if (rate >= certainRate) {
                above = k + 1;
                continue;
            }
            if (rate < suspectRate || usual.z(rate) < DEVIATIONS) {
                break;
            }
            double next = k + 1 < ranked.size() ? scan.rate(ranked.get(k + 1)) : 0;
            if (scan.interval(ranked.get(k)).low() > next) {
                above = k + 1;
            }
        }
        return above;
    }
}
