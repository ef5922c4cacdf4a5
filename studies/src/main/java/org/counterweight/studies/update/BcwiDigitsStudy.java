package org.counterweight.studies.update;

import static org.bytedeco.pytorch.global.torch.stack;
import static org.counterweight.studies.update.BcwiArms.DISTILLED;
import static org.counterweight.studies.update.BcwiArms.ENSEMBLE;
import static org.counterweight.studies.update.BcwiArms.EWC;
import static org.counterweight.studies.update.BcwiArms.FISHER;
import static org.counterweight.studies.update.BcwiArms.L2;
import static org.counterweight.studies.update.BcwiArms.NEW;
import static org.counterweight.studies.update.BcwiArms.OLD;
import static org.counterweight.studies.update.BcwiArms.PLAIN;
import static org.counterweight.studies.update.BcwiArms.rule;
import static org.counterweight.studies.update.BcwiArms.trail;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.counterweight.config.Configs;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;
import org.counterweight.merge.update.Bcwi;
import org.counterweight.merge.update.baseline.ProbabilityEnsemble;
import org.counterweight.merge.update.fisher.DiagonalFisher;
import org.counterweight.merge.update.fisher.FisherConfig;
import org.counterweight.studies.bed.classifier.Answers;
import org.counterweight.studies.bed.classifier.Replacement;
import org.counterweight.studies.bed.classifier.Robustness;
import org.counterweight.studies.bed.classifier.WeighedClassifier;
import org.counterweight.studies.digits.Corruption;
import org.counterweight.studies.digits.Digits;
import org.counterweight.studies.digits.Samples;
import org.counterweight.studies.plan.Plan;
import org.counterweight.studies.plan.Study;
import org.counterweight.studies.plan.arm.Arm;
import org.counterweight.studies.plan.arm.Knob;
import org.counterweight.studies.plan.arm.Measurement;
import org.counterweight.studies.plan.arm.Metric;
import org.counterweight.studies.plan.arm.Pick;
import org.counterweight.studies.plan.arm.Size;
import org.counterweight.studies.plan.rule.Rule;
import org.counterweight.studies.plan.shown.Figure;

/**
 * A digit reader in production gets more data, of the classes that it knows or with new ones. How much of the gain can be had
 * without breaking what worked?
 *
 * @param addsClasses whether the digits 8 and 9 are new
 */
public record BcwiDigitsStudy(boolean addsClasses) implements Study {
    private static final Metric ACC = Replacement.ACCURACY;
    private static final Metric NFR = Replacement.FLIPS;

    private static final String TARGET = "target: pre-trained on all data";
    private static final String SOUP_ONLY = "soup of 8 new models";
    private static final String SOUPED = "SoupBCWI of 8";
    private static final String ENSEMBLE_SOUP = "ensemble of nine";
    private static final int SOUP = 8;

    private static final List<Double> GRID = List.of(0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0);
    private static final List<Double> FINE =
            List.of(0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.92, 0.94, 0.96, 0.98, 1.0);
    private static final double NOISE = 0.25;

    @Override
    public Plan plan() {
        Pick updated = Pick.of(NEW);
        Pick souped = rule(SOUPED);
        Pick plain = Knob.SHARE.at(PLAIN, 0.3);
        List<Pick> compared = compared();
        List<Pick> plainTrail = trail(PLAIN, GRID);
        List<Pick> soupTrail = trail(SOUPED, GRID);
        List<Pick> fisherTrail = trail(FISHER, FINE);
        var arms = new LinkedHashSet<>(compared);
        arms.addAll(plainTrail);
        arms.addAll(soupTrail);
        arms.addAll(fisherTrail);
        return Plan.of(
                        addsClasses ? "bcwi-digits-classes" : "bcwi-digits",
                        addsClasses ? "BCWI: new classes without regressions" : "BCWI: more data without regressions")
                .method("bcwi")
                .paper(BcwiArms.PAPER)
                .says(
                        "Weights between the old model and its update keep the gain in accuracy with fewer predictions that were right"
                                + " and are wrong now; Fisher information and soups of updates help further, and regularised updates do"
                                + " not do as well.")
                .data(
                        "1,797 handwritten digits of 8 × 8 pixels (UCI optdigits), all with normal noise of 0.25 on each pixel. For each"
                                + " seed, shuffled: 400 images, in five distorted versions each, are for pretraining; "
                                + (addsClasses
                                        ? "the digits 0 to 7 among 120 others are the old training set, all ten digits among 240, those"
                                                + " included, the updated one"
                                        : "120 others are the old training set, 240, those included, the updated one")
                                + "; 300 are the dev set, 800 the test set. Flips are counted against the old model.")
                .setup(
                        "Perceptron 64-128-128-10 with ReLU, AdamW at 0.008, batches of 4, 10 epochs, cosine schedule, for the old model"
                                + " from the pre-trained one, for new models from the old one. "
                                + (addsClasses
                                        ? "Rows of the last layer: those of 8 and 9 start the update at their random values, those of"
                                                + " the old digits stand still in it; interpolation leaves the rows of 8 and 9 to the"
                                                + " new model. "
                                        : "")
                                + "Everything that has a share or a strength has it chosen by one rule on the dev set: of those at least"
                                + " as accurate as the new model, the one that flips least; if there is none, the weakest. BitFit and"
                                + " IA3 choose a rate by it. Distillation without labels is the official default (oldOnlyA with α = 1),"
                                + " old and new instances averaged apart; Mixout leaves the last layer out.")
                .picks(arms)
                .seeds(addsClasses ? 6 : 10)
                .claim(
                        "SoupBCWI, its share by the rule, has fewer negative flips than the new model in most seeds",
                        new Rule.Wins(NFR, souped, updated, 0.8))
                .claim("and is not half a point less accurate", new Rule.Advantage(ACC, souped, updated, -0.5))
                .claim(
                        "Plain BCWI at 0.3 takes away a fifth of the negative flips",
                        new Rule.Ratio(NFR, plain, updated, 0.8, 0.8))
                .claim("and is not half a point less accurate", new Rule.Advantage(ACC, plain, updated, -0.5))
                .claim(
                        "SoupBCWI has fewer negative flips than the soup alone",
                        new Rule.Wins(NFR, souped, Pick.of(SOUP_ONLY), 0.8))
                .claim(
                        "FisherBCWI has fewer negative flips than plain BCWI, each by the rule",
                        new Rule.Wins(NFR, rule(FISHER), rule(PLAIN), 0.8))
                .claim(
                        "SoupBCWI has fewer negative flips than distillation, which may see all data",
                        new Rule.Wins(NFR, souped, rule(DISTILLED), 0.8))
                .claim("SoupBCWI has fewer negative flips than EWC", new Rule.Wins(NFR, souped, rule(EWC), 0.8))
                .claim(
                        "Starting again from the pre-trained model flips more than going on from the old one",
                        new Rule.Wins(NFR, updated, Pick.of(TARGET), 0.8))
                .table("Each at the share or strength that the rule chose", compared, List.of(ACC, NFR))
                .table("What the rule chose", BcwiArms.ruled(compared), List.of(Replacement.CHOSEN))
                .table("BCWI at every share of the old model", plainTrail, List.of(ACC, NFR))
                .table("SoupBCWI at every share of the old model", soupTrail, List.of(ACC, NFR))
                .table("FisherBCWI at every share of the old model", fisherTrail, List.of(ACC, NFR))
                .figure(new Figure.Tradeoff(
                        "tradeoff",
                        "What is kept and what is broken, from α = 0 (right) to 1",
                        NFR,
                        ACC,
                        List.of(
                                new Figure.Trail(PLAIN, plainTrail),
                                new Figure.Trail(SOUPED, soupTrail),
                                new Figure.Trail(FISHER, fisherTrail),
                                new Figure.Trail("new model", List.of(updated)),
                                new Figure.Trail(ENSEMBLE, List.of(rule(ENSEMBLE))),
                                new Figure.Trail("distillation", List.of(rule(DISTILLED))),
                                new Figure.Trail("EWC", List.of(rule(EWC))),
                                new Figure.Trail("L2", List.of(rule(L2))),
                                new Figure.Trail("Mixout", List.of(rule(DigitUpdateBaselines.MIXOUT))),
                                new Figure.Trail("target", List.of(Pick.of(TARGET))))))
                .limit(
                        "A perceptron of 26,000 parameters and a few hundred images: nothing is said of language models.")
                .limit(
                        "With 300 dev images one flip is a third of a point: the rule is cautious, and the whole curves say more"
                                + " than its choice.")
                .limit("Cost: SoupBCWI trains eight times; the ensembles answer with two or nine models.")
                .done();
    }

    /** All arms but the trails: what has a share or a strength has it chosen by the rule. */
    private static List<Pick> compared() {
        var compared = new ArrayList<>(List.of(Pick.of(OLD), Pick.of(TARGET), Pick.of(NEW), Pick.of(SOUP_ONLY)));
        List.of(PLAIN, SOUPED, FISHER, ENSEMBLE, ENSEMBLE_SOUP).forEach(method -> compared.add(rule(method)));
        DigitUpdateBaselines.STRENGTHS.keySet().forEach(method -> compared.add(rule(method)));
        return compared;
    }

    @Override
    public Trial prepare(Seed seed, Size size) {
        Samples all = Digits.read().shuffled(seed.child("split"));
        Samples noisy = all.with(images -> Corruption.noisy(
                images, NOISE, Tensors.optional(seed.child("noise").generator())));
        WeighedClassifier classifier = WeighedClassifier.perceptron(64, 128, 128, 10);
        Map<String, Tensor> pretrained = classifier.trained(
                classifier.fresh(seed.child("start")),
                Corruption.heavily(all.part(0, 400), 5, seed.child("distortion"))
                        .batches(32, seed.child("pretraining")),
                Robustness.config(size.of(10, 1), 1e-3, "constant"));
        var updates = new DigitUpdates(classifier, size.of(10, 1), noisy.part(400, 640), 120, addsClasses, seed);
        Map<String, Tensor> old = updates.old(pretrained);
        List<Map<String, Tensor>> news = IntStream.range(0, size.of(SOUP, 2))
                .mapToObj(i -> updates.updated(old, i))
                .toList();
        Samples dev = noisy.part(640, 940);
        Samples test = noisy.part(940, size == Size.FULL ? 1740 : 1100);
        Map<String, Tensor> fisher = DiagonalFisher.of(
                Configs.bind(
                        Configs.yaml("new_label_ids: " + updates.added(), "the study"), FisherConfig.class, "fisher"),
                classifier.model(),
                old,
                List.of(updates.data().batch(), dev.batch()));
        return new Measured(updates, pretrained, old, news, fisher, dev, test);
    }

    /** One seed: what its arms share. */
    private record Measured(
            DigitUpdates updates,
            Map<String, Tensor> pretrained,
            Map<String, Tensor> old,
            List<Map<String, Tensor>> news,
            Map<String, Tensor> fisher,
            Samples dev,
            Samples test)
            implements Trial {

        @Override
        public Measurement run(Arm arm) {
            var replacement = new Replacement(model(old), model(news.get(0)), dev.labels(), test.labels());
            String method = arm.method();
            return switch (method) {
                case OLD -> replacement.measured(model(old));
                case TARGET -> replacement.measured(model(updates.target(pretrained)));
                case NEW -> replacement.measured(model(news.get(0)));
                case SOUP_ONLY -> replacement.measured(model(bcwi(SOUPED, 0)));
                case PLAIN, SOUPED, FISHER ->
                    arm.setting().equals(BcwiArms.RULE)
                            ? replacement.chosen(
                                    method.equals(FISHER) ? FINE : GRID, alpha -> model(bcwi(method, alpha)))
                            : replacement.measured(model(bcwi(method, Knob.SHARE.of(arm))));
                case ENSEMBLE ->
                    replacement.chosen(ProbabilityEnsemble.grid(), alpha -> ensemble(alpha, news.subList(0, 1)));
                case ENSEMBLE_SOUP -> replacement.chosen(ProbabilityEnsemble.grid(), alpha -> ensemble(alpha, news));
                default -> {
                    var baselines = new DigitUpdateBaselines(updates, old, fisher);
                    List<Double> strengths = Objects.requireNonNull(DigitUpdateBaselines.STRENGTHS.get(method), method);
                    yield replacement.chosen(strengths, strength -> model(baselines.updated(method, strength)));
                }
            };
        }

        private Map<String, Tensor> bcwi(String method, double alpha) {
            var bcwi = new Bcwi(alpha, method.equals(FISHER) ? fisher : Map.of(), updates.added(), DigitUpdates.LAST);
            return bcwi.merge(alpha, old, method.equals(SOUPED) ? news : news.subList(0, 1));
        }

        private Answers model(Map<String, Tensor> weights) {
            return Answers.of(samples -> updates.classifier().logits(weights, samples), dev, test);
        }

        private Answers ensemble(double alpha, List<Map<String, Tensor>> models) {
            WeighedClassifier classifier = updates.classifier();
            var ensemble = new ProbabilityEnsemble(alpha, updates.added());
            Function<Samples, Tensor> scores = samples -> {
                Tensor[] logits = models.stream()
                        .map(model -> classifier.logits(model, samples))
                        .toArray(Tensor[]::new);
                return ensemble.probabilities(classifier.logits(old, samples), stack(new TensorVector(logits), 0));
            };
            return Answers.of(scores, dev, test);
        }
    }
}
