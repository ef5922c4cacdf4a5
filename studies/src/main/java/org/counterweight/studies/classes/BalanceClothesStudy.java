package org.counterweight.studies.classes;

import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.counterweight.data.LabelledDataset;
import org.counterweight.data.image.ImageSet;
import org.counterweight.datasets.Fetcher;
import org.counterweight.datasets.Holdings;
import org.counterweight.engine.Seed;
import org.counterweight.model.part.Normalization;
import org.counterweight.model.zoo.image.ConvNet;
import org.counterweight.studies.bed.ClassShares;
import org.counterweight.studies.bed.Vectors;
import org.counterweight.studies.plan.Plan;
import org.counterweight.studies.plan.Study;
import org.counterweight.studies.plan.arm.Size;
import org.counterweight.train.TrainConfig;
import org.counterweight.train.measure.ShotAccuracy;

/**
 * Weight Balancing on pictures of clothes with a long tail.
 *
 * @param pictures grey and square
 */
public record BalanceClothesStudy(Supplier<LabelledDataset> pictures) implements Study {
    private static final int MOST = 300;
    private static final double IMBALANCE = 0.02;
    private static final ShotAccuracy SHOTS = new ShotAccuracy(100, 20);

    /** Fashion-MNIST, fetched when the study runs. */
    public static BalanceClothesStudy onHoldings() {
        return new BalanceClothesStudy(
                () -> ImageSet.read(Fetcher.ofUser(step -> {}).fetch(Holdings.named("fashion-mnist")), "train"));
    }

    @Override
    public Plan plan() {
        return BalanceArms.shown(
                        Plan.of("balance-clothes", "Weight Balancing: rare kinds of clothes")
                                .data(
                                        "Fashion-MNIST at 14 x 14: 60 pictures of each kind to judge by, 15 to choose by, and to learn from 300,"
                                                + " 194, 126, 81, 53, 34, 22, 14, 9, 6; which kind is rare is drawn for each seed. Many is above 100"
                                                + " pictures, few below 20.")
                                .setup(
                                        "Convolutional network of two blocks of 16 channels with instance normalisation, SGD with momentum 0.9 at"
                                                + " 0.05, batches of 32, 15 epochs, cosine schedule. Every arm ends with the epoch of best balanced"
                                                + " accuracy on the pictures to choose by, on which tau is found too. Second stage as in the paper: 10"
                                                + " epochs at 0.01, decay 0.1, ball at a tenth; rows projected after every step."),
                        BalanceArms.FEWER)
                .seeds(3)
                .limit(
                        "A network of 3,000 parameters on 839 pictures; the papers train ResNet-34 for 320 epochs. Nothing is tuned"
                                + " but tau and the epoch.")
                .done();
    }

    @Override
    public Trial prepare(Seed seed, Size size) {
        LabelledDataset all = pictures.get();
        int[] rank = seed.child("rare").permutation(10);
        ClassShares shares = ClassShares.of(
                IntStream.range(0, all.size()).map(all::label).toArray(),
                10,
                size.of(60, 5),
                size.of(15, 5),
                kind -> (int) Math.round(size.of(MOST, 20) * Math.pow(IMBALANCE, rank[kind] / 9.0) + 0.2),
                seed.child("rows"));
        Vectors learnt = Vectors.halved(all, shares.learnt());
        TrainConfig train =
                TrainConfig.of("{epochs: " + size.of(15, 2) + ", batch_size: 32, lr: 0.05, warmup: 0.0, precision:"
                        + " float32, optimizer: {name: sgd, momentum: 0.9}, seed: " + seed.value() + "}");
        return new BalanceArms(
                new ConvNet(1, learnt.shape().get(1).intValue(), 16, 2, Normalization.INSTANCE, 10),
                learnt,
                Vectors.halved(all, shares.chosen()),
                Vectors.halved(all, shares.judged()),
                train,
                SHOTS,
                seed)::run;
    }
}
