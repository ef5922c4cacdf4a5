package org.counterweight.studies.reparametrize;

import static org.counterweight.engine.Tensors.scalar;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleFunction;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.catalogue.Choice;
import org.counterweight.data.BatchSource;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;
import org.counterweight.model.Model;
import org.counterweight.reparametrize.Reparametrization;
import org.counterweight.studies.bed.classifier.WeighedClassifier;
import org.counterweight.studies.digits.Samples;
import org.counterweight.studies.plan.Plan;
import org.counterweight.studies.plan.arm.Arm;
import org.counterweight.studies.plan.arm.Knob;
import org.counterweight.studies.plan.arm.Measurement;
import org.counterweight.studies.plan.arm.Metric;
import org.counterweight.studies.plan.arm.Pick;
import org.counterweight.studies.plan.rule.Rule;
import org.counterweight.studies.plan.shown.Figure;
import org.counterweight.train.TrainConfig;

/**
 * Weight Compander against tuned weight decay, with labels of which a fifth is drawn at random and with clean ones: what the
 * studies of it have in common.
 *
 * @param start the weights of every arm
 * @param held to choose the decay by
 * @param config of a weight decay
 */
record CompanderArms(
        Model model,
        Map<String, Tensor> start,
        Samples clean,
        Samples noisy,
        Samples held,
        Samples test,
        Seed order,
        DoubleFunction<TrainConfig> config) {
    static final int BATCH = 40;
    static final String PAPER =
            "R. Cakaj, J. Mehnert and B. Yang, Weight Compander: A Simple Weight Reparameterization for"
                    + " Regularization, 2023 (arXiv 2306.16993), read in its abstract alone: arctan, a and b are inferred";
    static final String SAYS =
            "A nonlinear reparametrization of every weight restricts large weights and pushes small ones from zero, and"
                    + " on top of the usual regularisers generalises better.";

    private static final Knob DECAY = new Knob("wd");
    private static final List<Double> DECAYS = List.of(1e-3, 5e-3, 2e-2, 5e-2);

    static final String PLAIN = "plain";
    static final String NARROW = "compander 1, 1";
    static final String INVERSE = "compander 1, 1, inverse";
    static final String WIDE = "compander 1.5, 1.5";
    static final String SOFTSIGN = "compander 1, 1, softsign";
    static final String LEARNT = "compander 1, 1, learnt";
    static final String CLEAN_PLAIN = "clean labels: plain";
    static final String CLEAN_NARROW = "clean labels: compander 1, 1";
    static final String CLEAN_WIDE = "clean labels: compander 1.5, 1.5";

    static final Metric VALIDATION = Metric.higher("validation", "validation accuracy, %", 1);
    static final Metric TEST = Metric.higher("test", "test accuracy, %", 1);
    static final Metric LOSS = Metric.plain("loss", "training loss", 2);
    static final Metric LARGEST = Metric.lower("largest", "largest weight", 2);
    static final Metric NEAR_ZERO = Metric.lower("near_zero", "share within 0.1 deviations of zero, %", 1);
    static final Metric KURTOSIS = Metric.lower("kurtosis", "kurtosis", 2);

    private static final Map<String, Choice<Reparametrization>> METHODS = methods();

    private static Map<String, Choice<Reparametrization>> methods() {
        Choice<Reparametrization> narrow = Trained.method("weight_compander", "{a_scale: 1.0, b_scale: 1.0}");
        Choice<Reparametrization> wide = Trained.method("weight_compander", "{}");
        return Map.of(
                NARROW, narrow,
                CLEAN_NARROW, narrow,
                INVERSE, Trained.method("weight_compander", "{a_scale: 1.0, b_scale: 1.0, init: inverse}"),
                WIDE, wide,
                CLEAN_WIDE, wide,
                SOFTSIGN, Trained.method("weight_compander", "{psi: softsign, a_scale: 1.0, b_scale: 1.0}"),
                LEARNT, Trained.method("weight_compander", "{a_scale: 1.0, b_scale: 1.0, learn_ab: true}"));
    }

    /** What is claimed of every such network, and how it is shown. */
    static Plan.Draft shown(Plan.Draft draft) {
        Pick plain = DECAY.at(PLAIN, 1e-3);
        Pick narrow = DECAY.at(NARROW, 1e-3);
        List<Metric> columns = List.of(VALIDATION, TEST, LOSS, LARGEST, NEAR_ZERO, KURTOSIS);
        return draft.method("weight_compander")
                .paper(PAPER)
                .says(SAYS)
                .picks(allPicks())
                .tunedBy(VALIDATION)
                .claim(
                        "At equal decay, the kurtosis of the weights is below the plain run's",
                        new Rule.Wins(KURTOSIS, narrow, plain, 0.9))
                .claim("and the share near zero", new Rule.Wins(NEAR_ZERO, narrow, plain, 0.9))
                .claim("and the largest weight", new Rule.Wins(LARGEST, narrow, plain, 0.9))
                .claim(
                        "At a decay of 0.001, it is at least 2 points more accurate than the plain run",
                        new Rule.Advantage(TEST, narrow, plain, 2))
                .claim(
                        "With the decay tuned for each, it is more accurate",
                        new Rule.Advantage(TEST, Pick.tuned(NARROW), Pick.tuned(PLAIN), 0))
                .claim(
                        "On clean labels, at a decay of 0.001, it is more accurate",
                        new Rule.Advantage(TEST, DECAY.at(CLEAN_NARROW, 1e-3), DECAY.at(CLEAN_PLAIN, 1e-3), 0))
                .claim(
                        "Learnt a and b do not undo it: not 2 points less accurate than fixed ones",
                        new Rule.Advantage(TEST, DECAY.at(LEARNT, 1e-3), narrow, -2))
                .table("Every decay", noisyPicks(), columns)
                .table(
                        "The best decay of each, by validation accuracy",
                        List.of(Pick.tuned(PLAIN), Pick.tuned(NARROW)),
                        columns)
                .table("Clean labels", cleanPicks(), columns)
                .figure(new Figure.Sweep(
                        "decay",
                        "Test accuracy against the weight decay",
                        "weight decay",
                        TEST,
                        List.of(PLAIN, NARROW),
                        DECAYS.stream().map(DECAY::at).toList(),
                        DECAYS));
    }

    private static List<Pick> noisyPicks() {
        var picks = new ArrayList<Pick>();
        for (String method : List.of(PLAIN, NARROW)) {
            DECAYS.forEach(decay -> picks.add(DECAY.at(method, decay)));
        }
        for (String method : List.of(INVERSE, WIDE, SOFTSIGN, LEARNT)) {
            picks.add(DECAY.at(method, 1e-3));
        }
        return picks;
    }

    private static List<Pick> cleanPicks() {
        return List.of(
                DECAY.at(CLEAN_PLAIN, 1e-3),
                DECAY.at(CLEAN_PLAIN, 2e-2),
                DECAY.at(CLEAN_NARROW, 1e-3),
                DECAY.at(CLEAN_WIDE, 1e-3));
    }

    private static List<Pick> allPicks() {
        var picks = new ArrayList<>(noisyPicks());
        picks.addAll(cleanPicks());
        return picks;
    }

    Measurement run(Arm arm) {
        Samples train = arm.method().startsWith("clean") ? clean : noisy;
        BatchSource data = train.batches(BATCH, order);
        Trained trained = Trained.of(model, start, METHODS.get(arm.method()), train, data, config.apply(DECAY.of(arm)));
        var classifier = new WeighedClassifier(model);
        var values = new HashMap<String, Double>(shape(trained));
        values.put(VALIDATION.key(), trained.accuracy(classifier, held));
        values.put(TEST.key(), trained.accuracy(classifier, test));
        values.put(LOSS.key(), trained.last());
        return Measurement.of(values);
    }

    /** A fifth of the labels drawn anew. */
    static Samples noisy(Samples clean, Seed seed) {
        var random = Tensors.optional(seed.generator());
        Tensor drawn = torch.empty(clean.size())
                .random_(0, new LongOptional(10), random)
                .to(ScalarType.Long);
        Tensor chosen = Tensors.zeros(clean.size()).uniform_(0, 1, random).lt(scalar(0.2));
        return new Samples(clean.inputs(), torch.where(chosen, drawn, clean.labels()));
    }

    /** The shape of the weights' distribution, means over the weights. */
    private static Map<String, Double> shape(Trained trained) {
        if (trained.weights() == null) {
            return Map.of(LARGEST.key(), Double.NaN, NEAR_ZERO.key(), Double.NaN, KURTOSIS.key(), Double.NaN);
        }
        double largest = 0;
        double near = 0;
        double kurtosis = 0;
        int count = 0;
        for (var entry : trained.weights().entrySet()) {
            if (!entry.getKey().endsWith(".weight")) {
                continue;
            }
            try (var scope = Scope.open()) {
                Tensor w = entry.getValue();
                Tensor centred = w.sub(w.mean());
                double variance = centred.square().mean().item_double();
                largest = Math.max(largest, w.abs().max().item_double());
                near += 100.0
                        * w.abs().lt(scalar(0.1 * Math.sqrt(variance))).sum().item_double()
                        / w.numel();
                kurtosis += centred.square().square().mean().item_double() / (variance * variance);
                count++;
            }
        }
        return Map.of(LARGEST.key(), largest, NEAR_ZERO.key(), near / count, KURTOSIS.key(), kurtosis / count);
    }
}
