package org.counterweight.studies.guide;

import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Generator;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;
import org.counterweight.guide.Convention;
import org.counterweight.guide.figure.SampleFigures;
import org.counterweight.guide.rule.ClassifierFree;
import org.counterweight.guide.sample.GaussianMixture;
import org.counterweight.guide.sample.Guided;
import org.counterweight.studies.plan.Plan;
import org.counterweight.studies.plan.Study;
import org.counterweight.studies.plan.arm.Measurement;
import org.counterweight.studies.plan.arm.Metric;
import org.counterweight.studies.plan.arm.Size;
import org.counterweight.studies.plan.rule.Rule;

/** Samples of mixtures whose scores are known, so that what a schedule does is not mixed up with what a network got wrong. */
public final class GuidanceMixturesStudy implements Study {
    private static final int CLASSES = 3;
    private static final int MODES = 3;
    private static final List<String> SHAPES =
            List.of("static", "linear", "cosine", "invlinear", "sine", "vshape", "lambda");
    private static final List<Double> WEIGHTS = List.of(1.0, 2.0, 4.0, 8.0);

    private static final Metric DISTANCE =
            Metric.lower("frechet", "Fréchet distance to the class, mean of the classes", 3);
    private static final Metric ACCURACY = Metric.higher("accuracy", "accuracy of the exact judge", 4);
    private static final Metric ENTROPY = Metric.higher("entropy", "entropy of the modes, 1 for all alike", 3);

    private final Schedules schedules = new Schedules(50);

    @Override
    public Plan plan() {
        Plan.Draft draft = Plan.of("guidance-mixtures", "Guidance schedules on models that are known exactly")
                .method("guidance")
                .paper(Schedules.PAPER)
                .says(
                        "Schedules that grow while sampling, linear and cosine, beat the constant at an equal mean weight;"
                                + " those that fall lose.")
                .data(
                        "Mixtures in two dimensions: 3 classes of 3 Gaussians each, means uniform in [-4, 4]², variance 0.35."
                                + " Drawn anew for each seed; 3,000 samples of each class, and as many true ones to compare with.")
                .setup(
                        "The mixtures' exact noise in the place of a network, float64. Variance-preserving noise, betas from"
                                + " 1e-4 to 0.02 over 1,000 timesteps, DDIM of 50 steps, weights in omega on the grid mid. All"
                                + " schedules start from the same noise.")
                .arms(Schedules.arms(SHAPES, WEIGHTS))
                .seeds(5);
        for (double weight : List.of(1.0, 2.0, 4.0)) {
            var constant = Schedules.WEIGHT.at("static", weight);
            for (String shape : List.of("linear", "cosine")) {
                var grows = Schedules.WEIGHT.at(shape, weight);
                draft.claim(
                                "At ω " + weight + ", " + shape + " comes closer to the class than the constant",
                                new Rule.Wins(DISTANCE, grows, constant, 1))
                        .claim(
                                "At ω " + weight + ", " + shape + " is not taken for another class more often",
                                new Rule.Advantage(ACCURACY, grows, constant, -0.001));
            }
            for (String shape : List.of("invlinear", "sine")) {
                var falls = Schedules.WEIGHT.at(shape, weight);
                draft.claim(
                                "At ω " + weight + ", the constant comes closer to the class than " + shape,
                                new Rule.Wins(DISTANCE, constant, falls, 1))
                        .claim(
                                "At ω " + weight + ", the constant is taken for another class less often than " + shape,
                                new Rule.Wins(ACCURACY, constant, falls, 1));
            }
        }
        WEIGHTS.forEach(weight ->
                draft.table("ω " + weight, Schedules.at(SHAPES, weight), List.of(DISTANCE, ACCURACY, ENTROPY)));
        return draft.limit(
                        "Two dimensions and exact scores: a network's own errors, which guidance also hides, are not there.")
                .done();
    }

    @Override
    public Trial prepare(Seed seed, Size size) {
        long rows = size.of(3000, 200);
        GaussianMixture all = mixture(seed.child("mixture").generator());
        Generator random = seed.child("samples").generator();
        List<GaussianMixture> classes =
                IntStream.range(0, CLASSES).mapToObj(all::conditional).toList();
        List<Tensor> truths =
                classes.stream().map(one -> drawn(one, rows, random)).toList();
        List<Tensor> starts =
                classes.stream().map(one -> normal(random, rows, 2)).toList();
        return arm -> {
            double[] weights = schedules.weights(arm);
            double distance = 0;
            double accuracy = 0;
            double entropy = 0;
            for (int c = 0; c < CLASSES; c++) {
                try (var scope = Scope.open();
                        var off = Tensors.noGrad()) {
                    var model = new Guided(classes.get(c), all, ClassifierFree.of(Convention.OMEGA));
                    Tensor samples = schedules
                            .sampler()
                            .sample(model, starts.get(c), weights)
                            .samples();
                    distance += SampleFigures.frechet(samples, truths.get(c)) / CLASSES;
                    accuracy += accuracy(classes, samples, c) / CLASSES;
                    entropy += entropy(classes.get(c), samples) / CLASSES;
                }
            }
            return Measurement.of(Map.of(DISTANCE.key(), distance, ACCURACY.key(), accuracy, ENTROPY.key(), entropy));
        };
    }

    private static GaussianMixture mixture(Generator random) {
        long parts = (long) CLASSES * MODES;
        Tensor ones = Tensors.zeros(parts).to(ScalarType.Double).add_(Tensors.scalar(1));
        Tensor means = Tensors.zeros(parts, 2).to(ScalarType.Double).uniform_(-4, 4, Tensors.optional(random));
        Tensor variances = Tensors.plus(Tensors.zeros(parts, 2).to(ScalarType.Double), 0.35);
        long[] labels =
                IntStream.range(0, (int) parts).mapToLong(k -> k / MODES).toArray();
        return new GaussianMixture(ones, means, variances, Tensors.longs(labels, parts));
    }

    private static Tensor normal(Generator random, long... shape) {
        return Tensors.zeros(shape).to(ScalarType.Double).normal_(0, 1, Tensors.optional(random));
    }

    /** True samples, as many of each mode. */
    private static Tensor drawn(GaussianMixture mixture, long rows, Generator random) {
        Tensor mode = torch.arange(Tensors.scalar(rows))
                .remainder(Tensors.scalar(MODES))
                .to(ScalarType.Long);
        return mixture.means()
                .index_select(0, mode)
                .add(mixture.variances().index_select(0, mode).sqrt().mul(normal(random, rows, 2)));
    }

    /** How often the class is the likeliest one, each as likely before. */
    private static double accuracy(List<GaussianMixture> classes, Tensor samples, int own) {
        Tensor[] densities = classes.stream().map(one -> density(one, samples)).toArray(Tensor[]::new);
        Tensor told = torch.stack(new TensorVector(densities), 1).argmax(new LongOptional(1), false);
        return told.eq(Tensors.scalar(own)).to(ScalarType.Double).mean().item_double();
    }

    /** The logarithm of the density up to what all classes share, {@code [rows]}. */
    private static Tensor density(GaussianMixture mixture, Tensor samples) {
        return torch.logsumexp(Tensors.times(distances(mixture, samples), -0.5), 1);
    }

    /** Squared distances to the modes in their deviations, {@code [rows, modes]}. */
    private static Tensor distances(GaussianMixture mixture, Tensor samples) {
        Tensor apart = samples.unsqueeze(1).sub(mixture.means().unsqueeze(0));
        return Tensors.sum(apart.mul(apart).div(mixture.variances().unsqueeze(0)), false, 2);
    }

    /** Of which modes the samples are, by the nearest. */
    private static double entropy(GaussianMixture mixture, Tensor samples) {
        Tensor mode = distances(mixture, samples).argmin(new LongOptional(1), false);
        double sum = 0;
        for (int k = 0; k < MODES; k++) {
            double share =
                    mode.eq(Tensors.scalar(k)).to(ScalarType.Double).mean().item_double();
            sum -= share > 0 ? share * Math.log(share) : 0;
        }
        return sum / Math.log(MODES);
    }
}
