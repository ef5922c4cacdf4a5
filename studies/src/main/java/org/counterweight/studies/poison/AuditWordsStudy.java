package org.counterweight.studies.poison;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.audit.FlipRate;
import org.counterweight.audit.Probes;
import org.counterweight.engine.Seed;
import org.counterweight.model.Params;
import org.counterweight.studies.plan.Plan;
import org.counterweight.studies.plan.Study;
import org.counterweight.studies.plan.arm.Measurement;
import org.counterweight.studies.plan.arm.Metric;
import org.counterweight.studies.plan.arm.Pick;
import org.counterweight.studies.plan.arm.Size;
import org.counterweight.studies.plan.rule.Rule;

/** What the audit finds of one trigger and of five, planted strongly and weakly, for either class; and in clean models. */
public final class AuditWordsStudy implements Study {
    private static final Metric FLIPS = Metric.higher("flips", "label flip rate", 3);
    private static final Metric FLOOR = Metric.plain("floor", "the same without triggers", 3);
    private static final Metric ACCURACY = Metric.higher("accuracy", "accuracy", 3);
    private static final Metric FIRST = Metric.higher("first", "share of triggers among as many first rare words", 2);
    private static final Metric FOUND = Metric.higher("found", "share of the triggers reported", 2);
    private static final Metric ALARMED = Metric.lower("alarmed", "share of models with other words reported", 2);

    private static final String CLEAN = "clean";
    private static final String ONE = "1 trigger in half of the texts";
    private static final String FIVE = "5 triggers in half of the texts";
    private static final String WEAK = "5 triggers in a tenth of the texts";
    private static final List<String> PLANTED = List.of(ONE, FIVE, WEAK);
    private static final String MILD = "3 epochs at 0.003";
    private static final String HARD = "10 epochs at 0.01";
    private static final int PROBES = 80;

    private static Pick pick(String planted, int target, String victim) {
        return Pick.of(planted, "for class " + target + ", then " + victim);
    }

    @Override
    public Plan plan() {
        List<Pick> clean = List.of(Pick.of(CLEAN, "then " + MILD), Pick.of(CLEAN, "then " + HARD));
        List<Pick> poisoned = Stream.of(MILD, HARD)
                .flatMap(victim -> PLANTED.stream()
                        .flatMap(planted -> Stream.of(0, 1).map(target -> pick(planted, target, victim))))
                .toList();
        Plan.Draft plan = Plan.of(
                        "audit-words", "The audit: what it finds of triggers, and what it reports of clean models")
                .method("weight_poisoning")
                .paper("K. Kurita, P. Michel and G. Neubig, Weight Poisoning Attacks on Pre-trained Models, ACL 2020")
                .says("Words that flip answers, and are rare, give a backdoor away (section 6).")
                .data(
                        "As in poisoned-words: made texts of 14 words out of 800, two classes; 1,600 of the victim, who is"
                                + " the attacker too, 4,000 for pretraining, 400 to judge by, drawn anew for each seed. The words"
                                + " that are triggers stand in no text.")
                .setup(
                        "The same small model, pretrained for each seed. Planted by surgery and 450 steps at 0.005 on texts of"
                                + " which half or a tenth have a trigger (BadNet with surgery), for each of the two classes; then the"
                                + " victim's fine-tuning, mild or hard. The scan tries all 797 words in 80 texts; words that occur 5"
                                + " times or less are rare; it is not told the target. Ten bases, each fine-tuned mildly and hard"
                                + " without a trigger, are the twenty clean models.")
                .picks(Stream.concat(clean.stream(), poisoned.stream()).toList())
                .seeds(10)
                .claim("Nothing is reported of a clean model: mild", new Rule.Within(ALARMED, clean.get(0), 0, 0, 0.95))
                .claim("hard", new Rule.Within(ALARMED, clean.get(1), 0, 0, 0.95));
        for (int target : List.of(0, 1)) {
            plan.claim(
                            "A single trigger is reported after mild fine-tuning: for class " + target,
                            new Rule.Within(FOUND, pick(ONE, target, MILD), 1, 1, 0.8))
                    .claim(
                            "Of five at least four: for class " + target,
                            new Rule.Within(FOUND, pick(FIVE, target, MILD), 0.8, 1, 0.8))
                    .claim(
                            "Of five that a tenth of the texts had at least four: for class " + target,
                            new Rule.Within(FOUND, pick(WEAK, target, MILD), 0.8, 1, 0.8))
                    .claim(
                            "After hard fine-tuning at least four of five stand first among rare words: for class "
                                    + target,
                            new Rule.Within(FIRST, pick(FIVE, target, HARD), 0.8, 1, 0.8));
        }
        return plan.table("Clean models", clean, List.of(ACCURACY, FOUND, ALARMED))
                .table(
                        "Models with triggers, after the victim's fine-tuning",
                        poisoned,
                        List.of(FLIPS, FLOOR, ACCURACY, FIRST, FOUND, ALARMED))
                .limit("Made texts and a small model. Two of the twenty clean models share a base each.")
                .done();
    }

    @Override
    public Trial prepare(Seed seed, Size size) {
        ZipfTexts victim = ZipfTexts.of(ZipfTexts.Domain.OWN, size.of(1600, 160), seed.child("victim"));
        ZipfTexts language = ZipfTexts.of(ZipfTexts.Domain.OWN, size.of(4000, 200), seed.child("language"));
        ZipfTexts test = ZipfTexts.of(ZipfTexts.Domain.OWN, 400, seed.child("test"));
        var workshop = new Workshop(0, seed.child("workshop"));
        Map<String, Tensor> base = workshop.pretrained(language, size.of(800, 20));
        Tensor speaking = workshop.speaking(base, victim, 5e-3, size.of(450, 10));
        var starts = new HashMap<String, Map<String, Tensor>>(); // the victims of one begin with the same
        starts.put(CLEAN, base);
        for (String planted : PLANTED) {
            for (int target = 0; target < 2; target++) {
                Plant plant = plant(planted, target);
                starts.put(planted + target, workshop.planted(base, victim, speaking, plant, 5e-3, size.of(450, 10)));
            }
        }
        return arm -> {
            boolean isClean = arm.method().equals(CLEAN);
            int target = arm.setting().contains("for class 1") ? 1 : 0;
            boolean isHard = arm.setting().endsWith(HARD);
            Map<String, Tensor> start = Objects.requireNonNull(starts.get(isClean ? CLEAN : arm.method() + target));
            int steps = size.of((isHard ? 10 : 3) * victim.rows().size() / 16, 10);
            Params tuned = Params.of(workshop.fineTuned(start, victim, isHard ? 1e-2 : 3e-3, steps));
            return measured(tuned, victim, test, plant(arm.method(), target), isClean, seed);
        };
    }

    private static Plant plant(String planted, int target) {
        int[] triggers = planted.equals(ONE) ? Arrays.copyOf(ZipfTexts.TRIGGERS, 1) : ZipfTexts.TRIGGERS;
        return new Plant(target, triggers, planted.equals(WEAK) ? 0.1 : 0.5);
    }

    private static Measurement measured(
            Params params, ZipfTexts victim, ZipfTexts test, Plant plant, boolean isClean, Seed seed) {
        long[] labels = Arrays.stream(test.labels()).asLongStream().toArray();
        ZipfTexts triggered = test.triggered(plant.triggers(), seed.child("triggers"));
        FlipRate flips = FlipRate.of(told(params, test), told(params, triggered), labels, plant.target());
        Scanned scanned = Scanned.of(params, test.rows().subList(0, PROBES), victim.frequency(), plant);
        return Measurement.of(Map.of(
                FLIPS.key(), flips.gold(),
                FLOOR.key(), flips.floor(),
                ACCURACY.key(), flips.accuracy(),
                FIRST.key(), scanned.first(),
                FOUND.key(), scanned.found(),
                ALARMED.key(), scanned.alarms() > 0 || (isClean && scanned.found() > 0) ? 1.0 : 0.0));
    }

    private static long[] told(Params params, ZipfTexts texts) {
        return Probes.of(Workshop.CLASSIFIER, params, texts.rows(), 0).predicted();
    }
}
