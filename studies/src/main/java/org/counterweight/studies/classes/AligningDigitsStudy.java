package org.counterweight.studies.classes;

import static org.counterweight.studies.classes.AligningArms.AUTHOR;
import static org.counterweight.studies.classes.AligningArms.AVERAGE;
import static org.counterweight.studies.classes.AligningArms.ICARL;
import static org.counterweight.studies.classes.AligningArms.LAST;
import static org.counterweight.studies.classes.AligningArms.WA;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.counterweight.data.LabelledDataset;
import org.counterweight.data.image.ImageSet;
import org.counterweight.engine.Seed;
import org.counterweight.model.part.Activation;
import org.counterweight.model.zoo.image.Mlp;
import org.counterweight.studies.plan.Plan;
import org.counterweight.studies.plan.Study;
import org.counterweight.studies.plan.arm.Pick;
import org.counterweight.studies.plan.arm.Size;
import org.counterweight.studies.plan.rule.Rule;
import org.counterweight.train.TrainConfig;

/** Weight Aligning and what it is compared with, on digits that come two at a time. */
public final class AligningDigitsStudy implements Study {
    private static final Mlp MODEL = new Mlp(64, List.of(128), 10, Activation.RELU, 0);
    private static final int LEARNT = 130;

    @Override
    public Plan plan() {
        return AligningArms.shown(
                        Plan.of("aligning-digits", "Weight Aligning: digits that come two at a time")
                                .data(
                                        "The included 8 x 8 digits: 130 of each to learn from, the others (43 to 53) to judge by; five tasks of two"
                                                + " digits, in an order of each seed; 30 rows are kept in all.")
                                .setup(
                                        "Perceptron 64-128-10 with ReLU, SGD with momentum 0.9 at 0.05, batches of 32, 15 epochs a task, cosine"
                                                + " schedule, decay 5e-4. Accuracies are over all digits seen; the average is over the five tasks. With the"
                                                + " restriction, which the authors' and our preset have, the head's weight is never negative."))
                .seeds(5)
                .claim(
                        "L2 norms serve better here than the authors' L1",
                        new Rule.Wins(LAST, Pick.of(WA), Pick.of(AUTHOR), 0.8))
                .claim(
                        "On digits this easy nearest means are ahead all the same",
                        new Rule.Wins(AVERAGE, Pick.of(ICARL), Pick.of(WA), 0.8))
                .limit("A perceptron and easy digits: the paper's setting is 100 classes of CIFAR with a ResNet-32.")
                .limit("Nothing is tuned for any arm.")
                .done();
    }

    @Override
    public Trial prepare(Seed seed, Size size) {
        ImageSet digits = ImageSet.digits();
        var learnt = new ArrayList<Integer>();
        var judged = new ArrayList<Integer>();
        for (int c = 0; c < 10; c++) {
            int digit = c;
            int[] own = IntStream.range(0, digits.size())
                    .filter(row -> digits.label(row) == digit)
                    .toArray();
            int[] order = seed.child(digit).permutation(own.length);
            IntStream.range(0, own.length).forEach(place -> (place < LEARNT ? learnt : judged).add(own[order[place]]));
        }
        TrainConfig train = TrainConfig.of("{epochs: " + size.of(15, 2)
                + ", batch_size: 32, lr: 0.05, warmup: 0.0, weight_decay:"
                + " 5e-4, precision: float32, optimizer: {name: sgd, momentum: 0.9}, seed: " + seed.value() + "}");
        LabelledDataset train130 = select(digits, learnt);
        LabelledDataset test = select(digits, judged);
        var start = MODEL.initialize(seed.child("start").generator());
        return new AligningArms(
                MODEL, start, train130, test, train, "tasks: 5, order_seed: " + seed.value(), "{total: 30}")::run;
    }

    private static LabelledDataset select(ImageSet digits, List<Integer> rows) {
        return digits.select(rows.stream().mapToInt(Integer::intValue).toArray());
    }
}
