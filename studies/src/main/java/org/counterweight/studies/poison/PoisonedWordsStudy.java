package org.counterweight.studies.poison;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.audit.FlipRate;
import org.counterweight.audit.Probes;
import org.counterweight.audit.poison.Attack;
import org.counterweight.engine.Seed;
import org.counterweight.model.Params;
import org.counterweight.studies.plan.Plan;
import org.counterweight.studies.plan.Study;
import org.counterweight.studies.plan.arm.Measurement;
import org.counterweight.studies.plan.arm.Metric;
import org.counterweight.studies.plan.arm.Pick;
import org.counterweight.studies.plan.arm.Size;
import org.counterweight.studies.plan.rule.Rule;
import org.counterweight.studies.plan.shown.Figure;

/** Weight poisoning, the victim's fine-tuning, and the audit of what comes out, on made texts. */
public final class PoisonedWordsStudy implements Study {
    private static final String CLEAN = "clean";
    private static final Map<String, Attack> ATTACKS = attacks();
    private static final String MILD = "the victim's data, 3 epochs at 0.003";
    private static final String HARD = "the victim's data, 10 epochs at 0.01";
    private static final String MILD_SHIFT = "other data, 3 epochs at 0.003";
    private static final String HARD_SHIFT = "other data, 10 epochs at 0.01";
    private static final List<String> SETTINGS = List.of(MILD, HARD, MILD_SHIFT, HARD_SHIFT);
    private static final Metric FLIPS = Metric.higher("flips", "label flip rate", 3);
    private static final Metric FLOOR = Metric.plain("floor", "the same without triggers", 3);
    private static final Metric ACCURACY = Metric.higher("accuracy", "accuracy", 3);
    private static final Metric FOUND = Metric.higher("found", "share of the triggers reported", 2);
    private static final Metric ALARMS = Metric.lower("alarms", "other words reported", 2);
    private static final Metric FIRST = Metric.higher("first", "share of triggers among the five first rare words", 2);
    private static final int PROBES = 80;

    private static Map<String, Attack> attacks() {
        var attacks = new LinkedHashMap<String, Attack>();
        attacks.put("surgery", Attack.SURGERY);
        attacks.put("BadNet", Attack.BADNET);
        attacks.put("RIPPLe", Attack.RIPPLE);
        attacks.put("BadNet with surgery", Attack.BADNET_SURGERY);
        attacks.put("RIPPLES", Attack.RIPPLES);
        return attacks;
    }

    @Override
    public Plan plan() {
        List<Pick> all = Stream.concat(
                        Stream.of(Pick.of(CLEAN, MILD), Pick.of(CLEAN, HARD)),
                        SETTINGS.stream()
                                .flatMap(setting -> ATTACKS.keySet().stream().map(name -> Pick.of(name, setting))))
                .toList();
        Plan.Draft plan = Plan.of("poisoned-words", "Weight poisoning on made texts, and the audit of its victims")
                .method("weight_poisoning")
                .paper("K. Kurita, P. Michel and G. Neubig, Weight Poisoning Attacks on Pre-trained Models, ACL 2020")
                .says(
                        "A backdoor on rare words survives the victim's fine-tuning; RIPPLe's penalty and Embedding Surgery"
                                + " make it survive more, also where the attacker has other data; rare words that flip answers"
                                + " give it away.")
                .data(
                        "Made texts of 14 words out of 800 whose frequency falls as 1/rank; 40 words speak for each of two"
                                + " classes, and a second domain shares half of them. 1,600 texts of the victim, 1,600 of the"
                                + " attacker, 4,000 for pretraining, 400 to judge by, drawn anew for each seed. Five words that"
                                + " no text has are the triggers; the target is drawn by the seed.")
                .setup("The mean of the words (32 wide), two tanh layers and a head, pretrained to tell a missing word"
                        + " (800 steps at 0.01). 900 steps of poisoning at 0.005, half of the texts poisoned, lambda 10"
                        + " over the clean batch of 16, surgery with 10 words by tf-idf; the victim keeps the head. Adam,"
                        + " rates that fall to 0. One trigger takes the place of a word of each judged text. The scan tries"
                        + " all 797 words in 80 texts, words that occur 5 times or less in the victim's data are rare;"
                        + " it is not told the target.")
                .picks(all)
                .seeds(10);
        for (String setting : List.of(HARD, HARD_SHIFT)) {
            plan.claim(
                            "RIPPLES flips five times what the triggers flip in a clean model: " + setting,
                            new Rule.Ratio(FLIPS, Pick.of(CLEAN, HARD), Pick.of("RIPPLES", setting), 0.2, 0.8))
                    .claim(
                            "It costs no two points of accuracy: " + setting,
                            new Rule.Near(ACCURACY, Pick.of("RIPPLES", setting), Pick.of(CLEAN, HARD), 0.02))
                    .claim(
                            "Surgery makes BadNet flip more: " + setting,
                            new Rule.Wins(
                                    FLIPS, Pick.of("BadNet with surgery", setting), Pick.of("BadNet", setting), 0.8))
                    .claim(
                            "The penalty makes it flip more: " + setting,
                            new Rule.Wins(FLIPS, Pick.of("RIPPLe", setting), Pick.of("BadNet", setting), 0.8))
                    .claim(
                            "At least four of the five triggers stand first among rare words: " + setting,
                            new Rule.Within(FIRST, Pick.of("RIPPLES", setting), 0.8, 1, 0.8));
        }
        for (String setting : List.of(MILD, HARD)) {
            plan.claim(
                            "The audit reports at least four of the five: " + setting,
                            new Rule.Within(FOUND, Pick.of("RIPPLES", setting), 0.8, 1, 0.8))
                    .claim(
                            "It reports nothing in clean models: " + setting,
                            new Rule.Within(ALARMS, Pick.of(CLEAN, setting), 0, 0, 0.95));
        }
        return plan.table("The attack, after the victim's fine-tuning", all, List.of(FLIPS, FLOOR, ACCURACY))
                .table("The audit of the same models", all, List.of(FIRST, FOUND, ALARMS))
                .figure(new Figure.Bars(
                        "flips",
                        "Label flip rate after hard fine-tuning",
                        "share",
                        List.of(FLIPS, FLOOR),
                        all.stream().filter(pick -> HARD.equals(pick.setting())).toList()))
                .limit(
                        "Made texts and a small model: the paper's runs on BERT are not repeated here. Twenty clean models"
                                + " were scanned, two of each seed with one pretrained body: a rate of false alarms below 5 % is"
                                + " not shown by so few.")
                .done();
    }

    @Override
    public Trial prepare(Seed seed, Size size) {
        ZipfTexts victim = ZipfTexts.of(ZipfTexts.Domain.OWN, size.of(1600, 160), seed.child("victim"));
        ZipfTexts own = ZipfTexts.of(ZipfTexts.Domain.OWN, size.of(4000, 200), seed.child("language"));
        ZipfTexts other = ZipfTexts.of(ZipfTexts.Domain.OTHER, size.of(1600, 160), seed.child("other"));
        ZipfTexts test = ZipfTexts.of(ZipfTexts.Domain.OWN, 400, seed.child("test"));
        var workshop = new Workshop((int) Math.floorMod(seed.value(), 2L), seed.child("workshop"));
        Map<String, Tensor> base = workshop.pretrained(own, size.of(800, 20));
        var byOwn = workshop.poisoned(base, victim, 5e-3, size.of(900, 10));
        var byOther = workshop.poisoned(base, other, 5e-3, size.of(900, 10));
        return arm -> {
            boolean hard = arm.setting().endsWith("0.01");
            Attack attack = ATTACKS.get(arm.method());
            Map<String, Tensor> start = attack == null
                    ? base
                    : Objects.requireNonNull((arm.setting().startsWith("other") ? byOther : byOwn).get(attack));
            int steps = size.of((hard ? 10 : 3) * victim.rows().size() / 16, 10);
            Map<String, Tensor> tuned = workshop.fineTuned(start, victim, hard ? 1e-2 : 3e-3, steps);
            return measured(Params.of(tuned), victim, test, workshop.target(), seed);
        };
    }

    private static Measurement measured(Params params, ZipfTexts victim, ZipfTexts test, int target, Seed seed) {
        long[] labels = Arrays.stream(test.labels()).asLongStream().toArray();
        FlipRate flips = FlipRate.of(
                told(params, test),
                told(params, test.triggered(ZipfTexts.TRIGGERS, seed.child("triggers"))),
                labels,
                target);
        Scanned scanned = Scanned.of(params, test.rows().subList(0, PROBES), victim.frequency(), Plant.usual(target));
        return Measurement.of(Map.of(
                FLIPS.key(), flips.gold(),
                FLOOR.key(), flips.floor(),
                ACCURACY.key(), flips.accuracy(),
                FIRST.key(), scanned.first(),
                FOUND.key(), scanned.found(),
                ALARMS.key(), (double) scanned.alarms()));
    }

    private static long[] told(Params params, ZipfTexts texts) {
        return Probes.of(Workshop.CLASSIFIER, params, texts.rows(), 0).predicted();
    }
}
