package org.counterweight.studies.classes;

import static org.counterweight.studies.classes.AligningArms.AVERAGE;
import static org.counterweight.studies.classes.AligningArms.ICARL;
import static org.counterweight.studies.classes.AligningArms.WA;

import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;
import org.counterweight.data.LabelledDataset;
import org.counterweight.datasets.Fetcher;
import org.counterweight.datasets.Holdings;
import org.counterweight.engine.Seed;
import org.counterweight.model.Batch;
import org.counterweight.model.part.Activation;
import org.counterweight.model.zoo.image.Mlp;
import org.counterweight.studies.bed.ClassShares;
import org.counterweight.studies.glosses.Encoders;
import org.counterweight.studies.plan.Plan;
import org.counterweight.studies.plan.Study;
import org.counterweight.studies.plan.arm.Pick;
import org.counterweight.studies.plan.arm.Size;
import org.counterweight.studies.plan.rule.Rule;
import org.counterweight.studies.update.MassiveRequests;
import org.counterweight.train.TrainConfig;

/**
 * Weight Aligning and what it is compared with, on 60 intents of spoken requests in six tasks.
 *
 * @param data the directory with the requests
 * @param encoder the directory of the encoder
 */
public record AligningIntentsStudy(Supplier<Path> data, Supplier<Path> encoder) implements Study {
    /** The requests where the user has put them, and MiniLM, fetched when the study runs. */
    public static AligningIntentsStudy onHoldings() {
        return new AligningIntentsStudy(
                () -> MassiveRequests.place(System.getenv().getOrDefault(MassiveRequests.PLACE, "")),
                () -> Fetcher.ofUser(step -> {}).fetch(Holdings.named("minilm")));
    }

    @Override
    public Plan plan() {
        return AligningArms.shown(Plan.of("aligning-intents", "Weight Aligning: 60 intents in six tasks")
                        .data(
                                "MASSIVE (English): of each of 60 intents up to 12 requests to judge by and up to 25 to learn from, drawn anew"
                                        + " for each seed; six tasks of ten intents, in an order of each seed; 300 requests are kept in all,"
                                        + " five of each intent at the end.")
                        .setup(
                                "all-MiniLM-L6-v2, frozen, the mean over its tokens at length 1; behind it a perceptron 384-256-60 with ReLU"
                                        + " that learns, AdamW at 2e-3, batches of 32, 15 epochs a task, cosine schedule. Accuracies are over all"
                                        + " intents seen; the average is over the six tasks."))
                .seeds(3)
                .claim(
                        "iCaRL's nearest means have a better average",
                        new Rule.Wins(AVERAGE, Pick.of(ICARL), Pick.of(WA), 0.8))
                .limit("The encoder does not learn, so that nothing is forgotten in it; nothing is tuned for any arm.")
                .done();
    }

    @Override
    public Trial prepare(Seed seed, Size size) {
        MassiveRequests all = MassiveRequests.read(data.get(), "updated/train.jsonl")
                .and(MassiveRequests.read(data.get(), "updated/test.jsonl"));
        int[] labels = all.labels().stream().mapToInt(i -> i).toArray();
        List<String> intents = all.intents();
        ClassShares shares =
                ClassShares.of(labels, intents.size(), size.of(12, 2), 0, intent -> size.of(25, 3), seed.child("rows"));
        Path directory = encoder.get();
        LabelledDataset learnt =
                Encoders.rows(directory, all.rows(shares.learnt()).labelled(intents));
        LabelledDataset judged =
                Encoders.rows(directory, all.rows(shares.judged()).labelled(intents));
        int width = Math.toIntExact(learnt.batch(0).get(Batch.PIXEL_VALUES).size(1));
        var model = new Mlp(width, List.of(256), intents.size(), Activation.RELU, 0);
        TrainConfig train = TrainConfig.of("{epochs: " + size.of(15, 1)
                + ", batch_size: 32, lr: 2e-3, precision: float32, seed: " + seed.value() + "}");
        int tasks = size.of(6, 2);
        return new AligningArms(
                model,
                model.initialize(seed.child("start").generator()),
                learnt,
                judged,
                train,
                "tasks: " + tasks + ", order_seed: " + seed.value(),
                "{total: 300}")::run;
    }
}
