package org.counterweight.studies.reparametrize;

import static org.counterweight.studies.reparametrize.NormArms.BARE;
import static org.counterweight.studies.reparametrize.NormArms.CENTRED;
import static org.counterweight.studies.reparametrize.NormArms.COLUMNS;
import static org.counterweight.studies.reparametrize.NormArms.CURVE;
import static org.counterweight.studies.reparametrize.NormArms.EPOCHS;
import static org.counterweight.studies.reparametrize.NormArms.NORMALISED;
import static org.counterweight.studies.reparametrize.NormArms.PLAIN;
import static org.counterweight.studies.reparametrize.NormArms.STARTED;
import static org.counterweight.studies.reparametrize.NormArms.TEST;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.function.DoubleFunction;
import java.util.function.Supplier;
import org.counterweight.data.BatchSource;
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
import org.counterweight.studies.plan.RateSweep;
import org.counterweight.studies.plan.Study;
import org.counterweight.studies.plan.arm.Knob;
import org.counterweight.studies.plan.arm.Pick;
import org.counterweight.studies.plan.arm.Size;
import org.counterweight.studies.plan.rule.Rule;
import org.counterweight.studies.plan.shown.Figure;
import org.counterweight.train.TrainConfig;

/**
 * Weight Normalization against plain weights with the same start and against batch normalisation, on pictures of clothes and a
 * convolutional network.
 *
 * @param pictures grey and square
 */
public record WeightNormClothesStudy(Supplier<LabelledDataset> pictures) implements Study {
    private static final String BATCH = "batch normalisation";
    private static final int BLOCKS = 3;

    private static final RateSweep SWEEP = new RateSweep(
            List.of(PLAIN, STARTED, BARE, NORMALISED, CENTRED, BATCH), List.of(3e-4, 1e-3, 1e-2), 1e-3);

    /** Fashion-MNIST, fetched when the study runs. */
    public static WeightNormClothesStudy onHoldings() {
        return new WeightNormClothesStudy(
                () -> ImageSet.read(Fetcher.ofUser(step -> {}).fetch(Holdings.named("fashion-mnist")), "train"));
    }

    @Override
    public Plan plan() {
        Plan.Draft draft = Plan.of("weight-norm-clothes", "Weight Normalization: convolutions, on pictures of clothes")
                .method("weight_norm")
                .paper(NormArms.PAPER)
                .says(NormArms.SAYS)
                .data("Fashion-MNIST at 14 x 14: 1,000 pictures to train on, 1,000 to test on, drawn anew for each seed.")
                .setup(
                        "Convolutional network of three blocks of 16 channels without normalisation but where an arm says batch"
                                + " normalisation, PyTorch's start. Adam, batches of 50, 8 epochs, constant rate, no clipping, float32;"
                                + " the data-dependent start draws directions anew from a normal distribution of deviation 0.05 and"
                                + " measures 500 rows. Losses are of all training pictures after an epoch, as in evaluation.")
                .arms(SWEEP.arms())
                .seeds(3);
        return NormArms.claimed(draft, List.of(3e-4, 1e-3), 1)
                .claim(
                        "Without the start from the data it is no better than plain weights at 0.001",
                        new Rule.Near(TEST, Knob.RATE.at(BARE, 1e-3), Knob.RATE.at(PLAIN, 1e-3), 2))
                .claim(
                        "Mean-only batch normalisation makes it more accurate at 0.001",
                        new Rule.Advantage(TEST, Knob.RATE.at(CENTRED, 1e-3), Knob.RATE.at(NORMALISED, 1e-3), 0))
                .claim(
                        "and then not a point less accurate than batch normalisation",
                        new Rule.Advantage(TEST, Knob.RATE.at(CENTRED, 1e-3), Knob.RATE.at(BATCH, 1e-3), -1))
                .table("At 0.0003", at(3e-4), COLUMNS)
                .table("At 0.001", at(1e-3), COLUMNS)
                .table("At 0.01", at(1e-2), COLUMNS)
                .figure(new Figure.Curves(
                        "loss", "Training loss at 0.001", CURVE, "epochs", "mean cross-entropy", 1, true, at(1e-3)))
                .figure(SWEEP.figure("rates", "Test accuracy against the rate", TEST))
                .limit("A network of 6,000 parameters on 1,000 small pictures, without augmentation.")
                .limit("Batch normalisation's losses are of its running statistics, which are cold in the first epochs.")
                .done();
    }

    private static List<Pick> at(double rate) {
        return SWEEP.methods().stream()
                .map(method -> Knob.RATE.at(method, rate))
                .toList();
    }

    @Override
    public Trial prepare(Seed seed, Size size) {
        LabelledDataset all = pictures.get();
        int[] order = seed.child("rows").permutation(all.size());
        int learnt = size.of(1000, 100);
        Samples train = Vectors.halved(all, Arrays.copyOf(order, learnt)).samples();
        Samples test = Vectors.halved(all, Arrays.copyOfRange(order, learnt, learnt + size.of(1000, 100)))
                .samples();
        BatchSource data = train.batches(50, seed.child("order"));
        int side = Math.toIntExact(train.inputs().size(2));
        var plain = new ConvNet(1, side, 16, blocks(side), Normalization.NONE, 10);
        var normalised = new ConvNet(1, side, 16, blocks(side), Normalization.BATCH, 10);
        Seed start = seed.child("weights");
        DoubleFunction<TrainConfig> config = rate -> config(rate, seed, size);
        var arms = new NormArms(
                plain, plain.initialize(start.generator()), train, test, data, config, new HashMap<>());
        return arm -> arm.method().equals(BATCH)
                ? arms.run(arm, normalised, normalised.initialize(start.generator()))
                : arms.run(arm);
    }

    private static int blocks(int side) {
        return Math.min(BLOCKS, ConvNet.mostBlocks(1, side));
    }

    private static TrainConfig config(double rate, Seed seed, Size size) {
        return TrainConfig.of("{epochs: " + size.of(EPOCHS, 2) + ", lr: " + rate
                        + ", optimizer: {name: adam}, schedule: constant, warmup: 0, weight_decay: 0.0, clip: null,"
                        + " precision: float32, batch_size: 50}")
                .withSeed(seed.child("run").value());
    }
}
