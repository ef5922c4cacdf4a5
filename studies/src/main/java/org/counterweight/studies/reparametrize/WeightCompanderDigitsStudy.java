package org.counterweight.studies.reparametrize;

import static org.counterweight.engine.Tensors.scalar;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.catalogue.Choice;
import org.counterweight.data.BatchSource;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;
import org.counterweight.model.part.Activation;
import org.counterweight.model.zoo.image.Mlp;
import org.counterweight.reparametrize.Reparametrization;
import org.counterweight.studies.bed.WeighedClassifier;
import org.counterweight.studies.digits.Digits;
import org.counterweight.studies.digits.Samples;
import org.counterweight.studies.plan.Plan;
import org.counterweight.studies.plan.Study;
import org.counterweight.studies.plan.arm.Knob;
import org.counterweight.studies.plan.arm.Measurement;
import org.counterweight.studies.plan.arm.Metric;
import org.counterweight.studies.plan.arm.Pick;
import org.counterweight.studies.plan.arm.Size;
import org.counterweight.studies.plan.rule.Rule;
import org.counterweight.studies.plan.shown.Figure;
import org.counterweight.train.TrainConfig;

/** Weight Compander against tuned weight decay, on digits a fifth of which are labelled at random, and on clean ones. */
public final class WeightCompanderDigitsStudy implements Study {
    private static final Knob DECAY = new Knob("wd");
    private static final List<Double> DECAYS = List.of(1e-3, 5e-3, 2e-2, 5e-2);

    private static final String PLAIN = "plain";
    private static final String NARROW = "compander 1, 1";
    private static final String INVERSE = "compander 1, 1, inverse";
    private static final String WIDE = "compander 1.5, 1.5";
    private static final String SOFTSIGN = "compander 1, 1, softsign";
    private static final String LEARNT = "compander 1, 1, learnt";
    private static final String CLEAN_PLAIN = "clean labels: plain";
    private static final String CLEAN_NARROW = "clean labels: compander 1, 1";
    private static final String CLEAN_WIDE = "clean labels: compander 1.5, 1.5";

    private static final Metric VALIDATION = Metric.higher("validation", "validation accuracy, %", 1);
    private static final Metric TEST = Metric.higher("test", "test accuracy, %", 1);
    private static final Metric LOSS = Metric.plain("loss", "training loss", 2);
    private static final Metric LARGEST = Metric.lower("largest", "largest weight", 2);
    private static final Metric NEAR_ZERO = Metric.lower("near_zero", "share within 0.1 deviations of zero, %", 1);
    private static final Metric KURTOSIS = Metric.lower("kurtosis", "kurtosis", 2);

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

    @Override
    public Plan plan() {
        Pick plain = DECAY.at(PLAIN, 1e-3);
        Pick narrow = DECAY.at(NARROW, 1e-3);
        List<Metric> columns = List.of(VALIDATION, TEST, LOSS, LARGEST, NEAR_ZERO, KURTOSIS);
        return Plan.of(
                        "weight-compander-digits",
                        "Weight Compander: bounded weights against tuned decay, on noisy labels")
                .method("weight_compander")
                .paper(
                        "R. Cakaj, J. Mehnert and B. Yang, Weight Compander: A Simple Weight Reparameterization for"
                                + " Regularization, 2023 (arXiv 2306.16993), read in its abstract alone: arctan, a and b are inferred")
                .says(
                        "A nonlinear reparametrization of every weight restricts large weights and pushes small ones from zero, and"
                                + " on top of the usual regularisers generalises better.")
                .data(
                        "UCI's optdigits, 8 × 8: 200 images to train on, a fifth of them with a label drawn at random but where it"
                                + " says clean, 397 to choose by, 1,200 to test on, drawn anew for each seed.")
                .setup(
                        "Perceptron 64-128-128-10 with ReLU, He's normal start, biases 0. SGD with momentum 0.9, rate 0.02 down a"
                                + " cosine, 60 epochs, batches of 40, float32, no clipping. Weight decay, coupled, acts on the latent"
                                + " weights; a and b are 1 or 1.5 standard deviations of each weight at the start. Shape figures are means"
                                + " over the three weights.")
                .picks(allPicks())
                .seeds(6)
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
                        DECAYS))
                .limit(
                        "The function is inferred, not the paper's; its numbers could not be read, and none is compared with.")
                .limit("A perceptron of 26,000 parameters and 200 images.")
                .done();
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

    @Override
    public Trial prepare(Seed seed, Size size) {
        Samples all = Digits.read().shuffled(seed.child("rows"));
        Samples clean = all.part(0, 200);
        Samples noisy = noisy(clean, seed.child("labels"));
        Samples held = all.part(200, 597);
        Samples test = all.part(597, all.size());
        var model = new Mlp(64, List.of(128, 128), 10, Activation.RELU, 0);
        Map<String, Tensor> start = start(model, seed.child("weights"));
        var classifier = new WeighedClassifier(model);
        return arm -> {
            Samples train = arm.method().startsWith("clean") ? clean : noisy;
            BatchSource data = train.batches(40, seed.child("order"));
            TrainConfig config = config(DECAY.of(arm), seed, size);
            Trained trained = Trained.of(model, start, METHODS.get(arm.method()), train, data, config);
            var values = new HashMap<String, Double>(shape(trained));
            values.put(VALIDATION.key(), trained.accuracy(classifier, held));
            values.put(TEST.key(), trained.accuracy(classifier, test));
            values.put(LOSS.key(), trained.last());
            return Measurement.of(values);
        };
    }

    private static TrainConfig config(double decay, Seed seed, Size size) {
        return TrainConfig.of("{epochs: " + size.of(60, 2) + ", lr: 0.02, optimizer: {name: sgd, momentum: 0.9},"
                        + " schedule: cosine, warmup: 0, weight_decay: " + decay
                        + ", clip: null, precision: float32, batch_size: 40}")
                .withSeed(seed.child("run").value());
    }

    /** A fifth of the labels drawn anew. */
    private static Samples noisy(Samples clean, Seed seed) {
        var random = Tensors.optional(seed.generator());
        Tensor drawn = torch.empty(clean.size())
                .random_(0, new LongOptional(10), random)
                .to(ScalarType.Long);
        Tensor chosen = Tensors.zeros(clean.size()).uniform_(0, 1, random).lt(scalar(0.2));
        return new Samples(clean.inputs(), torch.where(chosen, drawn, clean.labels()));
    }

    private static Map<String, Tensor> start(Mlp model, Seed seed) {
        var weights = new LinkedHashMap<String, Tensor>();
        model.shapes().forEach((name, shape) -> {
            Tensor zeros = Tensors.zeros(shape);
            weights.put(
                    name,
                    shape.length == 1
                            ? zeros
                            : zeros.normal_(
                                    0,
                                    Math.sqrt(2.0 / shape[1]),
                                    Tensors.optional(seed.child(name).generator())));
        });
        return weights;
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
