package org.counterweight.studies.classes;

import static org.counterweight.studies.classes.BalanceArms.MANY;
import static org.counterweight.studies.classes.BalanceArms.PLAIN;
import static org.counterweight.studies.classes.BalanceArms.TWO;

import java.util.List;
import java.util.stream.IntStream;
import org.counterweight.data.image.ImageSet;
import org.counterweight.engine.Seed;
import org.counterweight.model.part.Activation;
import org.counterweight.model.zoo.image.Mlp;
import org.counterweight.studies.bed.ClassShares;
import org.counterweight.studies.plan.Plan;
import org.counterweight.studies.plan.Study;
import org.counterweight.studies.plan.arm.Pick;
import org.counterweight.studies.plan.arm.Size;
import org.counterweight.studies.plan.rule.Rule;
import org.counterweight.train.TrainConfig;
import org.counterweight.train.measure.ShotAccuracy;

/** Weight Balancing in two stages and in one, on digits of which some have a hundred rows and some two. */
public final class BalanceDigitsStudy implements Study {
    private static final int MOST = 100;
    private static final double IMBALANCE = 0.02;
    private static final int TESTED = 40;
    private static final int CHOSEN = 15;
    private static final Mlp MODEL = new Mlp(64, List.of(128), 10, Activation.RELU, 0);
    private static final ShotAccuracy SHOTS = new ShotAccuracy(40, 10);

    @Override
    public Plan plan() {
        return BalanceArms.shown(
                        Plan.of("balance-digits", "Weight Balancing: rare digits in two stages, and in one")
                                .data(
                                        "The included 8 x 8 digits: 40 of each to judge by, 15 of each to choose by, and to learn from 100, 65, 42,"
                                                + " 27, 17, 11, 7, 5, 3, 2; which digit is rare is drawn for each seed. Many is above 40 rows, few below"
                                                + " 10.")
                                .setup(
                                        "Perceptron 64-128-10 with ReLU, SGD with momentum 0.9 at 0.05, batches of 32, 60 epochs, cosine schedule."
                                                + " Every arm ends with the epoch of best balanced accuracy on the rows to choose by, on which tau is found"
                                                + " too. Second stage as in the paper: 10 epochs at 0.01, decay 0.1, ball at a tenth; rows projected after"
                                                + " every step."),
                        BalanceArms.all())
                .seeds(5)
                .claim(
                        "What helps the rare costs the frequent: two stages are worse on classes with many rows",
                        new Rule.Wins(MANY, Pick.of(PLAIN), Pick.of(TWO), 0.8))
                .limit(
                        "A perceptron on 279 images; the papers train ResNet-34 for 320 epochs. Nothing is tuned but tau and the"
                                + " epoch.")
                .limit(
                        "The advantage of multiplicative over additive adjustment needs features that have collapsed, which these"
                                + " have not.")
                .done();
    }

    @Override
    public Trial prepare(Seed seed, Size size) {
        ImageSet digits = ImageSet.digits();
        int[] rank = seed.child("rare").permutation(10);
        ClassShares shares = ClassShares.of(
                IntStream.range(0, digits.size()).map(digits::label).toArray(),
                10,
                TESTED,
                CHOSEN,
                digit -> (int) Math.round(MOST * Math.pow(IMBALANCE, rank[digit] / 9.0)),
                seed);
        TrainConfig train =
                TrainConfig.of("{epochs: " + size.of(60, 3) + ", batch_size: 32, lr: 0.05, warmup: 0.0, precision:"
                        + " float32, optimizer: {name: sgd, momentum: 0.9}, seed: " + seed.value() + "}");
        return new BalanceArms(
                MODEL,
                digits.select(shares.learnt()),
                digits.select(shares.chosen()),
                digits.select(shares.judged()),
                train,
                SHOTS,
                seed)::run;
    }
}
