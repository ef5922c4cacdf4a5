package org.counterweight.studies.update;

import static org.counterweight.studies.update.BcwiArms.DISTILLED;
import static org.counterweight.studies.update.BcwiArms.ENSEMBLE;
import static org.counterweight.studies.update.BcwiArms.EWC;
import static org.counterweight.studies.update.BcwiArms.FISHER;
import static org.counterweight.studies.update.BcwiArms.L2;
import static org.counterweight.studies.update.BcwiArms.NEW;
import static org.counterweight.studies.update.BcwiArms.OLD;
import static org.counterweight.studies.update.BcwiArms.PLAIN;
import static org.counterweight.studies.update.BcwiArms.rule;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.config.Configs;
import org.counterweight.data.text.TextClassification;
import org.counterweight.data.text.TextTokenizer;
import org.counterweight.datasets.Fetcher;
import org.counterweight.datasets.Holdings;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;
import org.counterweight.merge.update.AlphaSweep;
import org.counterweight.merge.update.Bcwi;
import org.counterweight.merge.update.BcwiConfig;
import org.counterweight.merge.update.Flips;
import org.counterweight.merge.update.baseline.ProbabilityEnsemble;
import org.counterweight.studies.bed.classifier.Answers;
import org.counterweight.studies.bed.classifier.Replacement;
import org.counterweight.studies.bed.classifier.WeighedClassifier;
import org.counterweight.studies.plan.Plan;
import org.counterweight.studies.plan.Study;
import org.counterweight.studies.plan.arm.Arm;
import org.counterweight.studies.plan.arm.Knob;
import org.counterweight.studies.plan.arm.Measurement;
import org.counterweight.studies.plan.arm.Metric;
import org.counterweight.studies.plan.arm.Pick;
import org.counterweight.studies.plan.arm.Size;
import org.counterweight.studies.plan.rule.Rule;
import org.counterweight.studies.plan.shown.Figure;
import org.counterweight.weights.ModelDirectory;

/**
 * BCWI on the task of its authors: a sentence encoder tells what a spoken request wants, and gets more requests to learn from.
 *
 * @param data the directory with {@code old} and {@code updated}, as the authors split MASSIVE
 * @param encoder the directory of the encoder
 */
public record BcwiMassiveStudy(Supplier<Path> data, Supplier<Path> encoder) implements Study {
    private static final Metric ACC = Metric.higher(Replacement.ACCURACY.key(), "test accuracy, %", 1);
    private static final Metric NFR = Metric.lower(Replacement.FLIPS.key(), "test negative flip rate, %", 2);
    private static final Metric CHOSEN = Metric.plain(Replacement.CHOSEN.key(), "chosen on the dev set, mean", 3);
    private static final Metric DEV_ACC = Metric.higher("dev_accuracy", "dev accuracy, %", 1);
    private static final Metric DEV_NFR = Metric.lower("dev_nfr", "dev negative flip rate, %", 2);

    private static final String TARGET = "target: from MiniLM on all data";
    private static final String SOUP = "soup of 3 new models";
    private static final String SOUPED = "SoupBCWI of 3";
    private static final List<Pick> COMPARED = List.of(
            Pick.of(OLD),
            Pick.of(TARGET),
            Pick.of(NEW),
            Pick.of(SOUP),
            rule(PLAIN),
            rule(SOUPED),
            rule(FISHER),
            rule(ENSEMBLE),
            rule(DISTILLED),
            rule(EWC),
            rule(L2));
    private static final List<Double> PULLS = List.of(0.01, 0.1);
    private static final List<Double> TEACHING = List.of(0.5);
    private static final int SOUPS = 3;
    private static final int LENGTH = 32;

    /** The authors' split where the user has put it, and MiniLM, fetched when the study runs. */
    public static BcwiMassiveStudy onHoldings() {
        return new BcwiMassiveStudy(
                () -> MassiveRequests.place(System.getenv().getOrDefault(MassiveRequests.PLACE, "")),
                () -> Fetcher.ofUser(step -> {}).fetch(Holdings.named("minilm")));
    }

    @Override
    public Plan plan() {
        Pick updated = Pick.of(NEW);
        Pick souped = rule(SOUPED);
        List<Pick> plainTrail = trail(PLAIN);
        List<Pick> soupTrail = trail(SOUPED);
        List<Pick> fisherTrail = trail(FISHER);
        var curves = new ArrayList<Pick>(plainTrail);
        curves.addAll(soupTrail);
        curves.addAll(fisherTrail);
        var arms = new LinkedHashSet<>(COMPARED);
        arms.addAll(curves);
        return Plan.of("bcwi-massive", "BCWI: MiniLM on MASSIVE, the authors' split")
                .method("bcwi")
                .paper(BcwiArms.PAPER)
                .says(
                        "Weights between the old model and its update keep the gain in accuracy with fewer predictions that were right"
                                + " and are wrong now; soups and Fisher information help further.")
                .data(
                        "MASSIVE (English), 60 intents, add_data as the authors split it: 1,000 old and 500 added training requests, 500"
                                + " for the dev set; of the 4,000 test requests 2,000, drawn anew for each seed.")
                .setup(
                        "all-MiniLM-L6-v2 with a head on the mean of its tokens; embeddings and the lower three of six layers frozen, 5.3"
                                + " million parameters trained. AdamW at 2e-4, batches of 16, linear schedule with 10 % warm-up, clipping"
                                + " at 5, dropout of 0.1, bf16 products where the processor has them. Old model: 6 epochs on the old data; new models: 3 epochs from the old one on all"
                                + " data; target: 6 epochs from MiniLM on all data. Shares by the product's own sweep on the dev set; the"
                                + " strengths of EWC and L2 (0.01, 0.1) by the same rule; distillation at 0.5. Fisher information of 300"
                                + " training requests.")
                .picks(arms)
                .seeds(3)
                .claim(
                        "SoupBCWI has fewer negative flips than the new model in every seed",
                        new Rule.Wins(NFR, souped, updated, 1))
                .claim("and is not a point less accurate", new Rule.Advantage(ACC, souped, updated, -1))
                .claim(
                        "Plain BCWI has fewer negative flips than the new model in every seed",
                        new Rule.Wins(NFR, rule(PLAIN), updated, 1))
                .claim(
                        "FisherBCWI has fewer negative flips than plain BCWI in every seed",
                        new Rule.Wins(NFR, rule(FISHER), rule(PLAIN), 1))
                .claim(
                        "Going on from the old model flips less than starting again from MiniLM",
                        new Rule.Wins(NFR, updated, Pick.of(TARGET), 1))
                .table(
                        "On the test requests, each at the share or strength that the dev set chose",
                        COMPARED,
                        List.of(ACC, NFR))
                .table("What the dev set chose", BcwiArms.ruled(COMPARED), List.of(CHOSEN))
                .table("Every share, on the dev set", curves, List.of(DEV_ACC, DEV_NFR))
                .figure(new Figure.Tradeoff(
                        "tradeoff",
                        "Dev set: what is kept and what is broken, from α = 0 (right) to 1",
                        DEV_NFR,
                        DEV_ACC,
                        List.of(
                                new Figure.Trail(PLAIN, plainTrail),
                                new Figure.Trail(SOUPED, soupTrail),
                                new Figure.Trail(FISHER, fisherTrail))))
                .limit(
                        "Three seeds and a small encoder, half of it frozen; the authors fine-tune RoBERTa-base, sixteen epochs, ten"
                                + " seeds, soups of up to sixteen.")
                .limit("On 500 dev requests one flip is 0.2 points.")
                .done();
    }

    /** The grid is the product's own. */
    private static List<Pick> trail(String method) {
        return BcwiArms.trail(method, config(method).grid());
    }

    private static BcwiConfig config(String method) {
        return Configs.bind(
                Configs.yaml("variant: " + (method.equals(FISHER) ? "fisher" : "plain"), "the study"),
                BcwiConfig.class,
                "bcwi");
    }

    @Override
    public Trial prepare(Seed seed, Size size) {
        Path place = data.get();
        Path directory = encoder.get();
        int few = size == Size.FULL ? Integer.MAX_VALUE : 48;
        MassiveRequests all = MassiveRequests.read(place, "updated/train.jsonl");
        MassiveRequests updated = all.first(few);
        MassiveRequests old = MassiveRequests.read(place, "old/train.jsonl").first(few);
        MassiveRequests dev = MassiveRequests.read(place, "updated/dev.jsonl").first(few);
        MassiveRequests test = MassiveRequests.read(place, "updated/test.jsonl");
        int[] order = seed.child("test").permutation(test.ids().size());
        MassiveRequests tested = test.rows(Arrays.copyOf(order, Math.min(order.length, size.of(2000, 48))));
        Set<String> known = Set.copyOf(old.ids());
        Tensor wasOld = Tensors.longs(updated.ids().stream()
                .mapToLong(id -> known.contains(id) ? 1 : 0)
                .toArray());
        List<String> intents = all.intents();
        try (TextTokenizer tokenizer = TextTokenizer.open(directory, LENGTH);
                ModelDirectory files = ModelDirectory.load(directory)) {
            return new Measured(
                    MassiveUpdates.of(
                            files,
                            old.tokenized(tokenizer, intents),
                            updated.tokenized(tokenizer, intents),
                            wasOld,
                            seed,
                            size),
                    dev.tokenized(tokenizer, intents),
                    tested.tokenized(tokenizer, intents));
        }
    }

    /** One seed: what several arms need. */
    private static final class Measured implements Trial {
        private final MassiveUpdates updates;
        private final TextClassification dev;
        private final TextClassification test;
        private final Map<String, Tensor> old;
        private final List<Map<String, Tensor>> news;
        private final Map<String, Tensor> fisher;
        private final Replacement replacement;
        private final Map<String, AlphaSweep> sweeps = new LinkedHashMap<>();

        Measured(MassiveUpdates updates, TextClassification dev, TextClassification test) {
            this.updates = updates;
            this.dev = dev;
            this.test = test;
            this.old = updates.oldModel();
            this.news = IntStream.range(0, SOUPS)
                    .mapToObj(replica -> updates.update(old, replica))
                    .toList();
            this.fisher = updates.fisher(old);
            this.replacement = new Replacement(
                    known(old), known(news.get(0)), MassiveUpdates.labels(dev), MassiveUpdates.labels(test));
            for (String method : List.of(PLAIN, SOUPED, FISHER)) {
                sweeps.put(method, sweep(method));
            }
        }

        private Answers known(Map<String, Tensor> weights) {
            return new Answers.Known(updates.logits(weights, dev), updates.logits(weights, test));
        }

        /** Shares are chosen as {@code cw update} chooses them, which is the rule of {@link Replacement#chosen} too. */
        private AlphaSweep sweep(String method) {
            return AlphaSweep.run(
                    config(method),
                    bcwi(method),
                    old,
                    parts(method),
                    weights -> WeighedClassifier.best(updates.logits(weights, dev)),
                    WeighedClassifier.best(replacement.old().dev()),
                    replacement.devLabels(),
                    updates.seed().child("bootstrap"));
        }

        private Bcwi bcwi(String method) {
            return new Bcwi(0, method.equals(FISHER) ? fisher : Map.of(), List.of(), "");
        }

        private List<Map<String, Tensor>> parts(String method) {
            return method.equals(SOUPED) ? news : news.subList(0, 1);
        }

        @Override
        public Measurement run(Arm arm) {
            return switch (arm.method()) {
                case OLD -> replacement.measured(replacement.old());
                case TARGET -> replacement.measured(model(updates.target()));
                case NEW -> replacement.measured(replacement.updated());
                case SOUP -> replacement.measured(interpolated(SOUPED, 0));
                case PLAIN, SOUPED, FISHER ->
                    arm.setting().equals(BcwiArms.RULE)
                            ? chosen(arm.method())
                            : onDev(arm.method(), Knob.SHARE.of(arm));
                case ENSEMBLE -> replacement.chosen(ProbabilityEnsemble.grid(), this::ensemble);
                case DISTILLED -> replacement.chosen(TEACHING, strength -> model(updates.distilled(old, strength)));
                case EWC -> replacement.chosen(PULLS, strength -> model(updates.pulled(old, strength, fisher)));
                case L2 -> replacement.chosen(PULLS, strength -> model(updates.pulled(old, strength, Map.of())));
                default -> throw new IllegalArgumentException(arm.method());
            };
        }

        private Answers model(Map<String, Tensor> weights) {
            Function<TextClassification, Tensor> scores = rows -> updates.logits(weights, rows);
            return Answers.of(scores, dev, test);
        }

        private Answers interpolated(String method, double alpha) {
            return model(bcwi(method).merge(alpha, old, parts(method)));
        }

        private Answers ensemble(double alpha) {
            var ensemble = new ProbabilityEnsemble(alpha, List.of());
            Answers before = replacement.old();
            Answers after = replacement.updated();
            return new Answers.Known(
                    ensemble.probabilities(before.dev(), after.dev().unsqueeze(0)),
                    ensemble.probabilities(before.test(), after.test().unsqueeze(0)));
        }

        private AlphaSweep swept(String method) {
            return Objects.requireNonNull(sweeps.get(method), method);
        }

        private Measurement chosen(String method) {
            double alpha = swept(method).choice().alpha();
            return replacement.measured(interpolated(method, alpha), alpha);
        }

        private Measurement onDev(String method, double alpha) {
            Flips flips = swept(method).rows().stream()
                    .filter(row -> row.alpha() == alpha)
                    .findFirst()
                    .orElseThrow()
                    .flips();
            return Measurement.of(Map.of(DEV_ACC.key(), flips.accNew(), DEV_NFR.key(), flips.nfr()));
        }
    }
}
