package org.counterweight.studies.reparametrize;

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
import org.counterweight.studies.plan.Study;
import org.counterweight.studies.plan.arm.Size;
import org.counterweight.train.TrainConfig;

/** Weight Compander against tuned weight decay, on digits a fifth of which are labelled at random, and on clean ones. */
public final class WeightCompanderDigitsStudy implements Study {
    @Override
    public Plan plan() {
        return CompanderArms.shown(Plan.of(
                        "weight-compander-digits",
                        "Weight Compander: bounded weights against tuned decay, on noisy labels")
                .data(
                        "UCI's optdigits, 8 × 8: 200 images to train on, a fifth of them with a label drawn at random but where it"
                                + " says clean, 397 to choose by, 1,200 to test on, drawn anew for each seed.")
                .setup(
                        "Perceptron 64-128-128-10 with ReLU, He's normal start, biases 0. SGD with momentum 0.9, rate 0.02 down a"
                                + " cosine, 60 epochs, batches of 40, float32, no clipping. Weight decay, coupled, acts on the latent"
                                + " weights; a and b are 1 or 1.5 standard deviations of each weight at the start. Shape figures are means"
                                + " over the three weights."))
                .seeds(6)
                .limit(
                        "The function is inferred, not the paper's; its numbers could not be read, and none is compared with.")
                .limit("A perceptron of 26,000 parameters and 200 images.")
                .done();
    }

    @Override
    public Trial prepare(Seed seed, Size size) {
        Samples all = Digits.read().shuffled(seed.child("rows"));
        Samples clean = all.part(0, 200);
        var model = new Mlp(64, List.of(128, 128), 10, Activation.RELU, 0);
        return new CompanderArms(
                model,
                start(model, seed.child("weights")),
                clean,
                CompanderArms.noisy(clean, seed.child("labels")),
                all.part(200, 597),
                all.part(597, all.size()),
                seed.child("order"),
                decay -> config(decay, seed, size))::run;
    }

    private static TrainConfig config(double decay, Seed seed, Size size) {
        return TrainConfig.of("{epochs: " + size.of(60, 2) + ", lr: 0.02, optimizer: {name: sgd, momentum: 0.9},"
                        + " schedule: cosine, warmup: 0, weight_decay: " + decay
                        + ", clip: null, precision: float32, batch_size: 40}")
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
                                    0,
                                    Math.sqrt(2.0 / shape[1]),
                                    Tensors.optional(seed.child(name).generator())));
        });
        return weights;
    }
}
