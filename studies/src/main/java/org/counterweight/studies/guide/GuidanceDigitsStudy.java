package org.counterweight.studies.guide;

import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;
import org.counterweight.guide.Convention;
import org.counterweight.guide.figure.SampleFigures;
import org.counterweight.guide.rule.ClassifierFree;
import org.counterweight.guide.sample.Guided;
import org.counterweight.guide.sample.Trajectory;
import org.counterweight.model.Output;
import org.counterweight.model.Params;
import org.counterweight.model.Pass;
import org.counterweight.studies.bed.Trace;
import org.counterweight.studies.bed.classifier.Perceptron;
import org.counterweight.studies.digits.Digits;
import org.counterweight.studies.digits.Samples;
import org.counterweight.studies.plan.Plan;
import org.counterweight.studies.plan.Study;
import org.counterweight.studies.plan.arm.Measurement;
import org.counterweight.studies.plan.arm.Metric;
import org.counterweight.studies.plan.arm.Size;
import org.counterweight.studies.plan.rule.Rule;
import org.counterweight.train.Task;
import org.counterweight.train.TrainConfig;
import org.counterweight.train.objective.CrossEntropy;

/** Schedules on a network that was trained, with all that it gets wrong. */
public final class GuidanceDigitsStudy implements Study {
    private static final Perceptron JUDGE = new Perceptron(List.of(64L, 64L, 32L, 10L));
    private static final List<String> SHAPES =
            List.of("static", "linear", "cosine", Schedules.CLAMPED, "invlinear", "vshape");
    private static final List<Double> WEIGHTS = List.of(1.0, 2.0, 4.0);
    private static final int TRAIN = 900;

    private static final Metric DISTANCE = Metric.lower("frechet", "Fréchet distance in the judge's features", 2);
    private static final Metric ACCURACY = Metric.higher("accuracy", "accuracy of the judge", 3);
    private static final Metric DIVERSITY = Metric.higher("diversity", "deviation of the judge's features", 3);
    private static final Metric CALLS = Metric.lower("calls", "evaluations of the network", 0);

    private final Schedules schedules = new Schedules(40);

    @Override
    public Plan plan() {
        Plan.Draft draft = Plan.of("guidance-digits", "Guidance schedules on a trained model of digits")
                .method("guidance")
                .paper(Schedules.PAPER)
                .says(
                        "Schedules that grow while sampling, linear and cosine, beat the constant at an equal mean weight;"
                                + " those that fall lose.")
                .data(
                        "The 1,797 digits of 8 × 8 pixels: 900 to learn from, the others to train a judge and to compare samples"
                                + " with. Split anew for each seed.")
                .setup(
                        "A perceptron of two hidden layers of 192 tells the velocity, and by it the noise, 3,000 steps of Adam at 2e-3 on 128 rows,"
                                + " labels dropped with 15 %, exponential average of 0.999. Variance-preserving noise, betas from"
                                + " 1e-4 to 0.02 over 1,000 timesteps, DDIM of 40 steps, weights in omega on the grid mid; 1,000"
                                + " samples, a tenth of each digit, all schedules from the same noise. The judge is a perceptron"
                                + " 64-64-32-10; its last hidden layer gives the features.")
                .arms(Schedules.arms(SHAPES, WEIGHTS))
                .seeds(5);
        for (double weight : WEIGHTS) {
            var constant = Schedules.WEIGHT.at("static", weight);
            for (String shape : List.of("linear", "cosine")) {
                draft.claim(
                        "At ω " + weight + ", " + shape + " comes closer to the digits than the constant",
                        new Rule.Wins(DISTANCE, Schedules.WEIGHT.at(shape, weight), constant, 1));
            }
            for (String shape : List.of("invlinear", "vshape")) {
                draft.claim(
                        "At ω " + weight + ", the constant comes closer to the digits than " + shape,
                        new Rule.Wins(DISTANCE, constant, Schedules.WEIGHT.at(shape, weight), 1));
            }
        }
        WEIGHTS.forEach(weight -> draft.table(
                "ω " + weight, Schedules.at(SHAPES, weight), List.of(DISTANCE, ACCURACY, DIVERSITY, CALLS)));
        return draft.limit("Images of 64 pixels and a perceptron: nothing is said of texts, or of large models.")
                .limit(
                        "Changed after a run: the network first told the noise itself, and its samples had seven times the"
                                + " deviation of digits. All claims held there as well.")
                .limit("A Fréchet distance of 1,000 samples has a bias, the same for all schedules of a seed.")
                .done();
    }

    @Override
    public Trial prepare(Seed seed, Size size) {
        Samples all = Digits.read().shuffled(seed.child("rows"));
        Samples learnt = all.part(0, TRAIN);
        Samples others = all.part(TRAIN, all.size());
        Params denoiser = DigitDenoiser.train(
                Tensors.plus(Tensors.times(learnt.inputs(), 2), -1),
                learnt.labels(),
                Schedules.noise(),
                size.of(60, 2),
                seed.child("denoiser"));
        Params judge = judge(others, size.of(60, 4), seed.child("judge"));
        long rows = size.of(1000, 100);
        Tensor labels =
                torch.arange(Tensors.scalar(rows)).remainder(Tensors.scalar(10)).to(ScalarType.Long);
        Tensor unlabelled = torch.full_like(labels, Tensors.scalar(DigitDenoiser.NONE));
        Tensor noise = Tensors.zeros(rows, 64)
                .normal_(0, 1, Tensors.optional(seed.child("noise").generator()));
        Tensor real = features(judge, others.inputs());
        return arm -> {
            try (var scope = Scope.open();
                    var off = Tensors.noGrad()) {
                var model = new Guided(
                        new DigitDenoiser(denoiser, labels),
                        new DigitDenoiser(denoiser, unlabelled),
                        ClassifierFree.of(Convention.OMEGA));
                Trajectory drawn = schedules.sampler().sample(model, noise, schedules.weights(arm));
                Tensor pixels = Tensors.times(Tensors.plus(drawn.samples(), 1), 0.5);
                Output told = JUDGE.forward(judge, new Samples(pixels, labels).batch(), Pass.evaluation());
                Tensor features = told.features().to(ScalarType.Double);
                double right = told.logits()
                        .argmax(new LongOptional(1), false)
                        .eq(labels)
                        .to(ScalarType.Double)
                        .mean()
                        .item_double();
                return Measurement.of(Map.of(
                        DISTANCE.key(),
                        SampleFigures.frechet(features, real),
                        ACCURACY.key(),
                        right,
                        DIVERSITY.key(),
                        SampleFigures.diversityByDeviation(features),
                        CALLS.key(),
                        (double) model.evaluations()));
            }
        };
    }

    private static Params judge(Samples rows, int epochs, Seed seed) {
        Map<String, Tensor> weights = JUDGE.initialize(seed.child("weights").generator());
        weights.values().forEach(weight -> weight.requires_grad_(true));
        Params params = Params.of(weights);
        Trace.of(
                Task.of(JUDGE, params, rows.batches(64, seed.child("order")), new CrossEntropy(0)),
                TrainConfig.of("{epochs: " + epochs
                                + ", lr: 2e-3, optimizer: {name: adam}, schedule: constant, warmup: 0,"
                                + " weight_decay: 0.0, clip: null, precision: float32}")
                        .withSeed(seed.child("run").value()));
        weights.values().forEach(weight -> weight.requires_grad_(false));
        return params;
    }

    private static Tensor features(Params judge, Tensor pixels) {
        Tensor none = Tensors.zeros(pixels.size(0)).to(ScalarType.Long);
        return JUDGE.forward(judge, new Samples(pixels, none).batch(), Pass.evaluation())
                .features()
                .to(ScalarType.Double);
    }
}
