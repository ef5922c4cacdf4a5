package org.counterweight.studies.reparametrize;

import static org.counterweight.studies.reparametrize.NormArms.BARE;
import static org.counterweight.studies.reparametrize.NormArms.CENTRED;
import static org.counterweight.studies.reparametrize.NormArms.COLUMNS;
import static org.counterweight.studies.reparametrize.NormArms.CURVE;
import static org.counterweight.studies.reparametrize.NormArms.EPOCHS;
import static org.counterweight.studies.reparametrize.NormArms.LAST;
import static org.counterweight.studies.reparametrize.NormArms.NORMALISED;
import static org.counterweight.studies.reparametrize.NormArms.PLAIN;
import static org.counterweight.studies.reparametrize.NormArms.STARTED;
import static org.counterweight.studies.reparametrize.NormArms.STEPS;
import static org.counterweight.studies.reparametrize.NormArms.TEST;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;
import org.counterweight.model.part.Activation;
import org.counterweight.model.zoo.image.Mlp;
import org.counterweight.studies.digits.Digits;
import org.counterweight.studies.digits.Samples;
import org.counterweight.studies.plan.Plan;
import org.counterweight.studies.plan.RateSweep;
import org.counterweight.studies.plan.Study;
import org.counterweight.studies.plan.arm.Knob;
import org.counterweight.studies.plan.arm.Pick;
import org.counterweight.studies.plan.arm.Size;
import org.counterweight.studies.plan.rule.Rule;
import org.counterweight.studies.plan.shown.Figure;
import org.counterweight.train.TrainConfig;

/** Weight Normalization against plain weights with the same start, on digits and a perceptron of six hidden layers. */
public final class WeightNormDigitsStudy implements Study {
    private static final RateSweep SWEEP =
            new RateSweep(List.of(PLAIN, STARTED, BARE, NORMALISED, CENTRED, STEPS), List.of(3e-4, 1e-3, 1e-2), 1e-3);

    @Override
    public Plan plan() {
        Plan.Draft draft = Plan.of("weight-norm-digits", "Weight Normalization: lengths and directions, on digits")
                .method("weight_norm")
                .paper(NormArms.PAPER)
                .says(NormArms.SAYS)
                .data(
                        "UCI's optdigits, 8 × 8: 1,200 images to train on, the other 597 to test on, drawn anew for each seed.")
                .setup(
                        "Perceptron 64-64-64-64-64-64-64-10 with ReLU, all weights from a normal distribution of deviation 0.05,"
                                + " biases 0. Adam, batches of 50, 8 epochs, constant rate, no clipping, float32; the data-dependent start"
                                + " draws directions anew from the same distribution and measures 500 rows. Losses are of all training"
                                + " images after an epoch, as in evaluation.")
                .arms(SWEEP.arms())
                .seeds(5);
        return NormArms.claimed(draft, List.of(3e-4, 1e-3), 3)
                .claim(
                        "Without the start from the data it does not learn either at 3.0E-4: its last loss is above 0.5",
                        new Rule.Within(LAST, Knob.RATE.at(BARE, 3e-4), 0.5, 3, 0.9))
                .claim(
                        "Its steps on plain weights end where g and v end: equally accurate within a point at 0.001",
                        new Rule.Near(TEST, Knob.RATE.at(STEPS, 1e-3), Knob.RATE.at(NORMALISED, 1e-3), 1))
                .claim(
                        "Mean-only batch normalisation makes it more accurate at 0.001",
                        new Rule.Advantage(TEST, Knob.RATE.at(CENTRED, 1e-3), Knob.RATE.at(NORMALISED, 1e-3), 0))
                .table("At 0.0003", at(3e-4), COLUMNS)
                .table("At 0.001", at(1e-3), COLUMNS)
                .table("At 0.01", at(1e-2), COLUMNS)
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
        return new NormArms(
                model,
                start(model, seed.child("weights")),
                train,
                test,
                train.batches(50, seed.child("order")),
                rate -> config(rate, seed, size),
                new HashMap<>())::run;
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
