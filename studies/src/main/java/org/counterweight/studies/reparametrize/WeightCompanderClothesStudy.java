package org.counterweight.studies.reparametrize;

import java.util.Arrays;
import java.util.function.Supplier;
import org.counterweight.data.LabelledDataset;
import org.counterweight.data.image.ImageSet;
import org.counterweight.datasets.Fetcher;
import org.counterweight.datasets.Holdings;
import org.counterweight.engine.Seed;
import org.counterweight.model.part.Normalization;
import org.counterweight.model.zoo.image.ConvNet;
import org.counterweight.studies.bed.Vectors;
import org.counterweight.studies.digits.Samples;
import org.counterweight.studies.plan.Plan;
import org.counterweight.studies.plan.Study;
import org.counterweight.studies.plan.arm.Size;
import org.counterweight.train.TrainConfig;

/**
 * Weight Compander against tuned weight decay, on pictures of clothes and a convolutional network.
 *
 * @param pictures grey and square
 */
public record WeightCompanderClothesStudy(Supplier<LabelledDataset> pictures) implements Study {
    private static final int LEARNT = 400;

    /** Fashion-MNIST, fetched when the study runs. */
    public static WeightCompanderClothesStudy onHoldings() {
        return new WeightCompanderClothesStudy(
                () -> ImageSet.read(Fetcher.ofUser(step -> {}).fetch(Holdings.named("fashion-mnist")), "train"));
    }

    @Override
    public Plan plan() {
        return CompanderArms.shown(Plan.of(
                                "weight-compander-clothes",
                                "Weight Compander: convolutions and tuned decay, on noisy labels of clothes")
                        .data(
                                "Fashion-MNIST at 14 x 14: 400 pictures to train on, a fifth of them with a label drawn at random but"
                                        + " where it says clean, 500 to choose by, 1,000 to test on, drawn anew for each seed.")
                        .setup(
                                "Convolutional network of two blocks of 32 channels without normalisation, PyTorch's start. SGD with"
                                        + " momentum 0.9, rate 0.05 down a cosine, 40 epochs, batches of 40, float32, no clipping. Weight"
                                        + " decay, coupled, acts on the latent weights; a and b are 1 or 1.5 standard deviations of each"
                                        + " weight at the start. Shape figures are means over the three weights."))
                .seeds(3)
                .limit(
                        "The function is inferred, not the paper's; its numbers could not be read, and none is compared with.")
                .limit("A network of 13,000 parameters and 400 small pictures.")
                .done();
    }

    @Override
    public Trial prepare(Seed seed, Size size) {
        LabelledDataset all = pictures.get();
        int[] order = seed.child("rows").permutation(all.size());
        int learnt = size.of(LEARNT, 80);
        int held = learnt + size.of(500, 100);
        Samples clean = part(all, order, 0, learnt);
        int side = Math.toIntExact(clean.inputs().size(2));
        var model = new ConvNet(1, side, 32, 2, Normalization.NONE, 10);
        return new CompanderArms(
                model,
                model.initialize(seed.child("weights").generator()),
                clean,
                CompanderArms.noisy(clean, seed.child("labels")),
                part(all, order, learnt, held),
                part(all, order, held, held + size.of(1000, 100)),
                seed.child("order"),
                decay -> config(decay, seed, size))::run;
    }

    private static Samples part(LabelledDataset all, int[] order, int from, int to) {
        return Vectors.halved(all, Arrays.copyOfRange(order, from, to)).samples();
    }

    private static TrainConfig config(double decay, Seed seed, Size size) {
        return TrainConfig.of("{epochs: " + size.of(40, 2) + ", lr: 0.05, optimizer: {name: sgd, momentum: 0.9},"
                        + " schedule: cosine, warmup: 0, weight_decay: " + decay
                        + ", clip: null, precision: float32, batch_size: 40}")
                .withSeed(seed.child("run").value());
    }
}
