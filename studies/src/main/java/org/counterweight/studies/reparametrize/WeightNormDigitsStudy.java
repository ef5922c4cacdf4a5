package org.counterweight.studies.reparametrize;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.catalogue.Choice;
import org.counterweight.data.BatchSource;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;
import org.counterweight.model.part.Activation;
import org.counterweight.model.zoo.image.Mlp;
import org.counterweight.reparametrize.Reparametrization;
import org.counterweight.studies.bed.WeighedClassifier;
import org.counterweight.studies.digits.Digits;
import org.counterweight.studies.digits.Samples;
import org.counterweight.studies.plan.Plan;
import org.counterweight.studies.plan.RateSweep;
import org.counterweight.studies.plan.Study;
import org.counterweight.studies.plan.arm.Arm;
import org.counterweight.studies.plan.arm.Knob;
import org.counterweight.studies.plan.arm.Measurement;
import org.counterweight.studies.plan.arm.Metric;
import org.counterweight.studies.plan.arm.Pick;
import org.counterweight.studies.plan.arm.Size;
import org.counterweight.studies.plan.rule.Rule;
import org.counterweight.studies.plan.shown.Figure;
import org.counterweight.train.TrainConfig;
import org.jspecify.annotations.Nullable;

/** Weight Normalization against plain weights with the same start, on digits and a perceptron of six hidden layers. */
public final class WeightNormDigitsStudy implements Study {
    private static final String PLAIN = "plain";
    private static final String STARTED = "plain, data init";
    private static final String NORMALISED = "weight norm, data init";
    private static final String CENTRED = "weight norm, mean-only BN, data init";
    private static final String BARE = "weight norm, no data init";
    private static final String STEPS = "weight norm by its steps, data init";

    private static final String CURVE = "loss";
    private static final int EPOCHS = 8;
    private static final Metric FIRST = Metric.lower("first", "training loss after epoch 1", 3);
    private static final Metric LAST = Metric.lower("last", "training loss after epoch 8", 3);
    private static final Metric REACHED =
            Metric.lower("reached", "epochs to the last loss of plain, data init (9: never)", 1);
    private static final Metric TEST = Metric.higher("test", "test accuracy, %", 1);

    private static final RateSweep SWEEP =
            new RateSweep(List.of(PLAIN, STARTED, BARE, NORMALISED, CENTRED, STEPS), List.of(3e-4, 1e-3, 1e-2), 1e-3);

    private static final Map<String, Choice<Reparametrization>> METHODS = Map.of(
            STARTED, Trained.method("data_init", "{}"),
            BARE, Trained.method("weight_norm", "{}"),
            NORMALISED, Trained.method("weight_norm", "{data_init: {}}"),
            CENTRED, Trained.method("weight_norm", "{data_init: {}, mean_only_bn: true}"),
            STEPS, Trained.method("weight_norm", "{data_init: {}, mode: optimizer}"));

    @Override
    public Plan plan() {
        List<Metric> columns = List.of(FIRST, LAST, REACHED, TEST);
        Plan.Draft draft = Plan.of("weight-norm-digits", "Weight Normalization: lengths and directions, on digits")
                .method("weight_norm")
                .paper(
                        "T. Salimans and D. Kingma, Weight Normalization: A Simple Reparameterization to Accelerate Training of"
                                + " Deep Neural Networks, NIPS 2016 (arXiv 1602.07868)")
                .says(
                        "Splitting weights into length and direction, started from the data, makes training faster than plain"
                                + " weights, also with the same start; with mean-only batch normalisation it is better still.")
                .data(
                        "UCI's optdigits, 8 × 8: 1,200 images to train on, the other 597 to test on, drawn anew for each seed.")
                .setup(
                        "Perceptron 64-64-64-64-64-64-64-10 with ReLU, all weights from a normal distribution of deviation 0.05,"
                                + " biases 0. Adam, batches of 50, 8 epochs, constant rate, no clipping, float32; the data-dependent start"
                                + " draws directions anew from the same distribution and measures 500 rows. Losses are of all training"
                                + " images after an epoch, as in evaluation.")
                .arms(SWEEP.arms())
                .seeds(5);
        for (double rate : List.of(3e-4, 1e-3)) {
            Pick norm = Knob.RATE.at(NORMALISED, rate);
            draft.claim(
                            "At " + rate
                                    + ", it reaches the last loss of plain weights with the same start in half the epochs",
                            new Rule.Within(REACHED, norm, 1, EPOCHS / 2.0, 0.9))
                    .claim(
                            "At " + rate + ", it is at least 3 points more accurate on test images than these",
                            new Rule.Advantage(TEST, norm, Knob.RATE.at(STARTED, rate), 3));
        }
        return draft.claim(
                        "Without the start from the data it does not learn either at 3.0E-4: its last loss is above 0.5",
                        new Rule.Within(LAST, Knob.RATE.at(BARE, 3e-4), 0.5, 3, 0.9))
                .claim(
                        "Its steps on plain weights end where g and v end: equally accurate within a point at 0.001",
                        new Rule.Near(TEST, Knob.RATE.at(STEPS, 1e-3), Knob.RATE.at(NORMALISED, 1e-3), 1))
                .claim(
                        "Mean-only batch normalisation makes it more accurate at 0.001",
                        new Rule.Advantage(TEST, Knob.RATE.at(CENTRED, 1e-3), Knob.RATE.at(NORMALISED, 1e-3), 0))
                .table("At 0.0003", at(3e-4), columns)
                .table("At 0.001", at(1e-3), columns)
                .table("At 0.01", at(1e-2), columns)
                .figure(new Figure.Curves(
                        "loss", "Training loss at 0.001", CURVE, "epochs", "mean cross-entropy", 1, true, at(1e-3)))
                .figure(SWEEP.figure("rates", "Test accuracy against the rate", TEST))
                .limit(
                        "Batch normalisation is not among the arms: it is known to be the better on such nets where batches are"
                                + " large, and nothing here says otherwise.")
                .limit("A perceptron of 25,000 parameters: nothing is said of convolutions or recurrent networks.")
                .done();
    }

    private static List<Pick> at(double rate) {
        return SWEEP.methods().stream()
                .map(method -> Knob.RATE.at(method, rate))
                .toList();
    }

    @Override
    public Trial prepare(Seed seed, Size size) {
        Samples all = Digits.read().shuffled(seed.child("rows"));
        Samples train = all.part(0, size.of(1200, 100));
        Samples test = all.part(1200, all.size());
        var model = new Mlp(64, List.of(64, 64, 64, 64, 64, 64), 10, Activation.RELU, 0);
        Map<String, Tensor> start = start(model, seed.child("weights"));
        BatchSource data = train.batches(50, seed.child("order"));
        var classifier = new WeighedClassifier(model);
        var targets = new HashMap<Double, Double>();
        return arm -> {
            double rate = Knob.RATE.of(arm);
            TrainConfig config = config(rate, seed, size);
            double target = targets.computeIfAbsent(
                    rate,
                    lr -> Trained.of(model, start, METHODS.get(STARTED), train, data, config)
                            .last());
            Trained trained = Trained.of(model, start, method(arm), train, data, config);
            double[] losses = trained.losses();
            return new Measurement(
                    Map.of(
                            FIRST.key(),
                            losses[0],
                            LAST.key(),
                            trained.last(),
                            REACHED.key(),
                            (double) trained.epochsTo(target),
                            TEST.key(),
                            trained.accuracy(classifier, test)),
                    Map.of(CURVE, losses));
        };
    }

    private static @Nullable Choice<Reparametrization> method(Arm arm) {
        return METHODS.get(arm.method());
    }

    private static TrainConfig config(double rate, Seed seed, Size size) {
        return TrainConfig.of("{epochs: " + size.of(EPOCHS, 2) + ", lr: " + rate
                        + ", optimizer: {name: adam}, schedule: constant, warmup: 0, weight_decay: 0.0, clip: null,"
                        + " precision: float32, batch_size: 50}")
                .withSeed(seed.child("run").value());
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
                                    0, 0.05, Tensors.optional(seed.child(name).generator())));
        });
        return weights;
    }
}
