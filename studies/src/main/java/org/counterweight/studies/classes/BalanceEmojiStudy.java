package org.counterweight.studies.classes;

import java.nio.file.Path;
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
 * Weight Balancing on emoji in colour, whose categories are uneven by nature.
 *
 * @param pictures in colour and square: some to learn from, and others that share none of their things
 */
public record BalanceEmojiStudy(Supplier<Pictures> pictures) implements Study {
    private static final int ALL = 1200;
    private static final ShotAccuracy SHOTS = new ShotAccuracy(100, 50);

    /** Two parts with the same classes. */
    public record Pictures(LabelledDataset learnt, LabelledDataset others) {}

    /** Google's emoji, fetched when the study runs. */
    public static BalanceEmojiStudy onHoldings() {
        return new BalanceEmojiStudy(() -> {
            Path directory = Fetcher.ofUser(step -> {}).fetch(Holdings.named("emoji-google"));
            return new Pictures(ImageSet.read(directory, "train"), ImageSet.read(directory, "test"));
        });
    }

    @Override
    public Plan plan() {
        return BalanceArms.shown(
                        Plan.of("balance-emoji", "Weight Balancing: rare categories of emoji, a natural long tail")
                                .data(
                                        "Google's emoji in colour at 32 x 32, nine categories: 1,200 to learn from in the proportions of the"
                                                + " whole, of which people are three fifths and activities a fiftieth; of the things that are kept"
                                                + " apart, whatever their tone of skin, hair or gender, up to 12 pictures of each category to"
                                                + " judge by and up to 5 to choose by; all drawn anew for each seed. Many is above 100 pictures,"
                                                + " few below 50.")
                                .setup(
                                        "Convolutional network of three blocks of 16 channels with instance normalisation, SGD with momentum"
                                                + " 0.9 at 0.05, batches of 32, 15 epochs, cosine schedule. Every arm ends with the epoch of best"
                                                + " balanced accuracy on the pictures to choose by, on which tau is found too. Second stage as in"
                                                + " the paper: 10 epochs at 0.01, decay 0.1, ball at a tenth; rows projected after every step."),
                        BalanceArms.FEWER)
                .seeds(3)
                .limit("A small network, and few pictures to judge by: one of a category is a point and more over all.")
                .limit("Nothing is tuned but tau and the epoch.")
                .done();
    }

    @Override
    public Trial prepare(Seed seed, Size size) {
        Pictures parts = pictures.get();
        LabelledDataset all = parts.learnt();
        int[] counts = all.labelCounts();
        double share = Math.min(1, (double) size.of(ALL, 60) / all.size());
        ClassShares learnt = ClassShares.of(
                labels(all),
                counts.length,
                0,
                0,
                category -> Math.max(1, (int) Math.round(share * counts[category])),
                seed.child("rows"));
        ClassShares others = ClassShares.of(
                labels(parts.others()),
                counts.length,
                size.of(12, 2),
                size.of(5, 2),
                category -> 0,
                seed.child("others"));
        Vectors rows = Vectors.of(all, learnt.learnt());
        int side = rows.shape().get(1).intValue();
        TrainConfig train =
                TrainConfig.of("{epochs: " + size.of(15, 2) + ", batch_size: 32, lr: 0.05, warmup: 0.0, precision:"
                        + " float32, optimizer: {name: sgd, momentum: 0.9}, seed: " + seed.value() + "}");
        return new BalanceArms(
                new ConvNet(
                        rows.shape().get(0).intValue(),
                        side,
                        16,
                        Math.min(3, ConvNet.mostBlocks(1, side)),
                        Normalization.INSTANCE,
                        counts.length),
                rows,
                Vectors.of(parts.others(), others.chosen()),
                Vectors.of(parts.others(), others.judged()),
                train,
                SHOTS,
                seed)::run;
    }

    private static int[] labels(LabelledDataset rows) {
        return IntStream.range(0, rows.size()).map(rows::label).toArray();
    }
}
