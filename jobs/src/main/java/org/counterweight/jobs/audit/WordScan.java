package org.counterweight.jobs.audit;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.counterweight.audit.AuditConfig;
import org.counterweight.audit.Probes;
import org.counterweight.audit.Screening;
import org.counterweight.audit.Suspects;
import org.counterweight.audit.TriggerScan;
import org.counterweight.audit.VocabularyScan;
import org.counterweight.engine.Seed;
import org.counterweight.jobs.ProgressLine;
import org.counterweight.model.Model;
import org.counterweight.model.Params;

/**
 * The vocabulary in three rounds: all words to first order, the best of them in a few texts, the best of those in all texts,
 * with words drawn at random that say what is usual.
 *
 * @param scanned the last round
 * @param bulk places in it of the words that were drawn
 * @param tried how many words the first round tried
 * @param screened how many there are
 */
record WordScan(TriggerScan scanned, int[] bulk, int tried, int screened) {
    static WordScan of(
            Model model, Params params, Words words, Probes probes, AuditConfig config, ProgressLine progress) {
        int[] ids = words.ids();
        int most = Math.max(config.finalists(), (int) Math.ceil(config.screened() * ids.length / probes.classes()));
        Set<Integer> first = new LinkedHashSet<>();
        Probes few = probes.first(config.firstProbes());
        if ((long) most * probes.classes() >= ids.length) {
            Arrays.stream(ids).forEach(first::add);
        } else {
            String table = AuditedModel.table(model);
            double[][] scores = Screening.scores(model, params, few, table, neutral(words, probes));
            for (double[] ofClass : scores) {
                Arrays.stream(ids)
                        .boxed()
                        .sorted(Comparator.comparingDouble((Integer id) -> -ofClass[id]))
                        .limit(most)
                        .forEach(first::add);
            }
        }
        TriggerScan round = scan(model, params, few, array(first), "first round:", progress);
        Set<Integer> last = new LinkedHashSet<>(drawn(words.rare(config.maxFrequency()), config));
        int usual = last.size();
        for (int target = 0; target < probes.classes(); target++) {
            int to = target;
            long[] flips = round.flips()[to];
            IntStream.range(0, round.words().length)
                    .filter(place -> round.mayReach(config.suspectRate(), to, place))
                    .boxed()
                    .sorted(Comparator.comparingLong((Integer place) -> -flips[place]))
                    .limit(config.finalists())
                    .forEach(place -> last.add(round.words()[place]));
        }
        TriggerScan scanned = scan(model, params, probes, array(last), "last round:", progress);
        return new WordScan(scanned, IntStream.range(0, usual).toArray(), round.words().length, ids.length);
    }

    private static TriggerScan scan(
            Model model, Params params, Probes probes, int[] words, String what, ProgressLine progress) {
        progress.begin(what, "words", words.length);
        TriggerScan scan = TriggerScan.of(model, params, probes, words, progress::advance);
        progress.end();
        return scan;
    }

    /** A word that stands in no probe. */
    private static long neutral(Words words, Probes probes) {
        var used = new LinkedHashSet<Long>();
        probes.rows().forEach(row -> Arrays.stream(row).forEach(used::add));
        for (int id : words.ids()) {
            if (!used.contains((long) id)) {
                return id;
            }
        }
        return words.ids()[0];
    }

    /** Rare words, of which there is at least one. */
    private static List<Integer> drawn(int[] ids, AuditConfig config) {
        SplittableRandom random = new Seed(config.seed()).child("usual").random();
        var drawn = new ArrayList<Integer>();
        for (int i = 0; i < config.usual(); i++) {
            drawn.add(ids[random.nextInt(ids.length)]);
        }
        return drawn;
    }

    private static int[] array(Set<Integer> ids) {
        return ids.stream().mapToInt(Integer::intValue).toArray();
    }

    /** The last round for one class. */
    VocabularyScan of(int target, Words words) {
        return scanned.of(target, words.frequencies(scanned.words()));
    }

    Suspects suspects(int target, Words words, AuditConfig config) {
        return Suspects.in(of(target, words), bulk, config.maxFrequency(), config.certainRate(), config.suspectRate());
    }

    String described() {
        return String.format(
                Locale.ROOT,
                "%,d words to first order, %,d of them in a few texts, %,d in all %d",
                screened,
                tried,
                scanned.words().length,
                scanned.probes().rows().size());
    }
}
