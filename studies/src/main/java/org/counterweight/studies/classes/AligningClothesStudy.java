package org.counterweight.studies.classes;

import static org.counterweight.studies.classes.AligningArms.AVERAGE;
import static org.counterweight.studies.classes.AligningArms.ICARL;
import static org.counterweight.studies.classes.AligningArms.WA;

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
import org.counterweight.studies.plan.arm.Pick;
import org.counterweight.studies.plan.arm.Size;
import org.counterweight.studies.plan.rule.Rule;
import org.counterweight.train.TrainConfig;

/**
 * Weight Aligning and what it is compared with, on pictures of clothes that come two kinds at a time.
 *
 * @param pictures grey and square
 */
public record AligningClothesStudy(Supplier<LabelledDataset> pictures) implements Study {
    /** Fashion-MNIST, fetched when the study runs. */
    public static AligningClothesStudy onHoldings() {
        return new AligningClothesStudy(
                () -> ImageSet.read(Fetcher.ofUser(step -> {}).fetch(Holdings.named("fashion-mnist")), "train"));
    }

    @Override
    public Plan plan() {
        return AligningArms.shown(Plan.of("aligning-clothes", "Weight Aligning: clothes that come two kinds at a time")
                        .data(
                                "Fashion-MNIST at 14 x 14: 80 pictures of each kind to learn from and 50 to judge by, drawn anew for each"
                                        + " seed; five tasks of two kinds, in an order of each seed; 50 pictures are kept in all.")
                        .setup(
                                "Convolutional network of two blocks of 16 channels with instance normalisation, SGD with momentum 0.9 at"
                                        + " 0.05, batches of 32, 12 epochs a task, cosine schedule, decay 5e-4. Accuracies are over all kinds"
                                        + " seen; the average is over the five tasks."))
                .seeds(3)
                .claim(
                        "iCaRL's nearest means have a better average",
                        new Rule.Wins(AVERAGE, Pick.of(ICARL), Pick.of(WA), 0.8))
                .limit("Small pictures and a network of 3,000 parameters; nothing is tuned for any arm.")
                .done();
    }

    @Override
    public Trial prepare(Seed seed, Size size) {
        LabelledDataset all = pictures.get();
        ClassShares shares = ClassShares.of(
                IntStream.range(0, all.size()).map(all::label).toArray(),
                10,
                size.of(50, 5),
                0,
                kind -> size.of(80, 8),
                seed.child("rows"));
        Vectors learnt = Vectors.halved(all, shares.learnt());
        var model = new ConvNet(1, learnt.shape().get(1).intValue(), 16, 2, Normalization.INSTANCE, 10);
        TrainConfig train = TrainConfig.of("{epochs: " + size.of(12, 1) + ", batch_size: 32, lr: 0.05, warmup: 0.0,"
                + " weight_decay: 5e-4, precision: float32, optimizer: {name: sgd, momentum: 0.9}, seed: "
                + seed.value() + "}");
        return new AligningArms(
                model,
                model.initialize(seed.child("start").generator()),
                learnt,
                Vectors.halved(all, shares.judged()),
                train,
                "tasks: 5, order_seed: " + seed.value(),
                "{total: 50}")::run;
    }
}
