package org.counterweight.studies.classes;

import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.counterweight.data.text.LabelledTexts;
import org.counterweight.data.text.TextSet;
import org.counterweight.datasets.Fetcher;
import org.counterweight.datasets.Holdings;
import org.counterweight.engine.Seed;
import org.counterweight.model.part.Activation;
import org.counterweight.model.zoo.image.Mlp;
import org.counterweight.studies.bed.ClassShares;
import org.counterweight.studies.bed.Vectors;
import org.counterweight.studies.glosses.Encoders;
import org.counterweight.studies.plan.Plan;
import org.counterweight.studies.plan.Study;
import org.counterweight.studies.plan.arm.Size;
import org.counterweight.train.TrainConfig;
import org.counterweight.train.measure.ShotAccuracy;

/**
 * Weight Balancing on kinds of nouns, of which a few have thousands of glosses by nature and some a few dozen.
 *
 * @param glosses with the kind of each
 * @param encoder the directory of the encoder
 */
public record BalanceNounsStudy(Supplier<LabelledTexts> glosses, Supplier<Path> encoder) implements Study {
    private static final int ALL = 2000;
    private static final ShotAccuracy SHOTS = new ShotAccuracy(100, 20);

    /** WordNet's nouns and MiniLM, fetched when the study runs. */
    public static BalanceNounsStudy onHoldings() {
        Fetcher fetcher = Fetcher.ofUser(step -> {});
        return new BalanceNounsStudy(
                () -> TextSet.read(fetcher.fetch(Holdings.named("wordnet-nouns")))
                        .train(),
                () -> fetcher.fetch(Holdings.named("minilm")));
    }

    @Override
    public Plan plan() {
        return BalanceArms.shown(
                        Plan.of("balance-nouns", "Weight Balancing: rare kinds of nouns, a natural long tail")
                                .data(
                                        "WordNet's glosses of 26 kinds of nouns: up to 20 of each kind to judge by, 10 to choose by, and of the rest"
                                                + " 2,000 to learn from in the proportions of the whole, at least one of each, drawn anew for each"
                                                + " seed. Many is above 100 glosses, few below 20.")
                                .setup(
                                        "all-MiniLM-L6-v2, frozen, the mean over its tokens at length 1; behind it a perceptron 384-256-26 with ReLU"
                                                + " that learns: SGD with momentum 0.9 at 0.1, batches of 64, 30 epochs, cosine schedule. Every arm ends"
                                                + " with the epoch of best balanced accuracy on the glosses to choose by, on which tau is found too."
                                                + " Second stage as in the paper: 10 epochs at 0.01, decay 0.1, ball at a tenth; rows projected after"
                                                + " every step."),
                        BalanceArms.FEWER)
                .seeds(3)
                .limit("The encoder does not learn; nothing is tuned but tau and the epoch.")
                .done();
    }

    @Override
    public Trial prepare(Seed seed, Size size) {
        LabelledTexts all = glosses.get();
        int kinds = all.labelNames().size();
        int[] counts = new int[kinds];
        IntStream.of(all.labels()).forEach(kind -> counts[kind]++);
        double share = (double) size.of(ALL, 40) / all.labels().length;
        ClassShares shares = ClassShares.of(
                all.labels(),
                kinds,
                size.of(20, 2),
                size.of(10, 2),
                kind -> Math.max(1, (int) Math.round(share * counts[kind])),
                seed.child("rows"));
        Path directory = encoder.get();
        Vectors learnt = Encoders.rows(directory, some(all, shares.learnt()));
        TrainConfig train =
                TrainConfig.of("{epochs: " + size.of(30, 2) + ", batch_size: 64, lr: 0.1, warmup: 0.0, precision:"
                        + " float32, optimizer: {name: sgd, momentum: 0.9}, seed: " + seed.value() + "}");
        return new BalanceArms(
                new Mlp(learnt.shape().get(0).intValue(), List.of(256), kinds, Activation.RELU, 0),
                learnt,
                Encoders.rows(directory, some(all, shares.chosen())),
                Encoders.rows(directory, some(all, shares.judged())),
                train,
                SHOTS,
                seed)::run;
    }

    private static LabelledTexts some(LabelledTexts all, int... rows) {
        return new LabelledTexts(
                IntStream.of(rows).mapToObj(all.texts()::get).toList(),
                IntStream.of(rows).map(row -> all.labels()[row]).toArray(),
                all.labelNames());
    }
}
