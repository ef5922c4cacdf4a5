package org.counterweight.studies.update;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.config.Configs;
import org.counterweight.data.LabelledDataset;
import org.counterweight.data.text.LabelledTexts;
import org.counterweight.data.text.TextClassification;
import org.counterweight.data.text.TextTokenizer;
import org.counterweight.datasets.Fetcher;
import org.counterweight.datasets.Holdings;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;
import org.counterweight.incremental.GrownHead;
import org.counterweight.incremental.run.ExemplarPicks;
import org.counterweight.incremental.run.GrowConfig;
import org.counterweight.incremental.run.GrowthStep;
import org.counterweight.incremental.run.StepRows;
import org.counterweight.incremental.run.Teacher;
import org.counterweight.merge.update.AlphaSweep;
import org.counterweight.merge.update.Bcwi;
import org.counterweight.merge.update.BcwiConfig;
import org.counterweight.model.Params;
import org.counterweight.model.part.LinearHead;
import org.counterweight.studies.bed.Alone;
import org.counterweight.studies.bed.ClassShares;
import org.counterweight.studies.bed.classifier.WeighedClassifier;
import org.counterweight.studies.plan.Plan;
import org.counterweight.studies.plan.Study;
import org.counterweight.studies.plan.arm.Arm;
import org.counterweight.studies.plan.arm.Measurement;
import org.counterweight.studies.plan.arm.Metric;
import org.counterweight.studies.plan.arm.Pick;
import org.counterweight.studies.plan.arm.Size;
import org.counterweight.studies.plan.rule.Rule;
import org.counterweight.train.TrainConfig;
import org.counterweight.weights.ModelDirectory;

/**
 * Five intents are added to a served classifier of requests: by what {@code cw grow} does, and by what else one might do.
 *
 * @param data the directory with the requests
 * @param encoder the directory of the encoder
 */
public record GrowingIntentsStudy(Supplier<Path> data, Supplier<Path> encoder) implements Study {
    private static final Metric ALL = Metric.higher("all", "all intents, %", 1);
    private static final Metric OLD = Metric.higher("old", "old intents, %", 1);
    private static final Metric NEW = Metric.higher("new", "new intents, %", 1);
    private static final Metric BROKEN = Metric.lower("broken", "old requests right before, wrong now, %", 1);

    private static final String SERVED = "as served";
    private static final String FINETUNE = "fine-tuning on new requests";
    private static final String REPLAY = "new requests and exemplars, no more";
    private static final String WA = "cw grow: Weight Aligning";
    private static final String RETRAINED = "retrained on everything";
    private static final String UPDATED = "trained on with everything, cw update";
    private static final List<Pick> ARMS = List.of(
            Pick.of(SERVED), Pick.of(FINETUNE), Pick.of(REPLAY), Pick.of(WA), Pick.of(RETRAINED), Pick.of(UPDATED));

    private static final int KNOWN = 15;
    private static final int ADDED = 5;
    private static final int LENGTH = 32;
    private static final int QUOTA = 20;

    /** The requests where the user has put them, and MiniLM, fetched when the study runs. */
    public static GrowingIntentsStudy onHoldings() {
        return new GrowingIntentsStudy(
                () -> MassiveRequests.place(System.getenv().getOrDefault(MassiveRequests.PLACE, "")),
                () -> Fetcher.ofUser(step -> {}).fetch(Holdings.named("minilm")));
    }

    @Override
    public Plan plan() {
        Pick aligned = Pick.of(WA);
        return Plan.of("growing-intents", "Weight Aligning: five intents added to a served classifier")
                .method("weight_aligning")
                .paper("B. Zhao et al., Maintaining Discrimination and Fairness in Class Incremental Learning, CVPR"
                        + " 2020 (arXiv 1911.07053)")
                .says("With exemplars, distillation and aligned rows, classes are added to a classifier that stays"
                        + " fair to old and new ones.")
                .data("MASSIVE (English), the 20 intents with most requests, of which 5 are new, drawn for each"
                        + " seed: 30 requests of each old intent to serve from and 50 of each new one; 15 of each"
                        + " of the 20 to judge by, and 5 for cw update to choose by. 20 of each old intent are"
                        + " kept, by herding.")
                .setup("all-MiniLM-L6-v2 with a head on the mean of its tokens; embeddings and the lower three of six"
                        + " layers frozen. AdamW at 2e-4, batches of 16, linear schedule with 10 % warm-up,"
                        + " clipping at 5. Served: 6 epochs. Grown, fine-tuned, trained on: 3 epochs from it, the"
                        + " head with five fresh rows. Retrained: 6 epochs from MiniLM. The share of the update is"
                        + " chosen as cw update does. Features are means of both signs, so that the default preset"
                        + " does not restrict the head.")
                .picks(ARMS)
                .seeds(3)
                .claim(
                        "Growing forgets less than fine-tuning: it is better on old intents in every seed",
                        new Rule.Wins(OLD, aligned, Pick.of(FINETUNE), 1))
                .claim(
                        "It breaks fewer old answers than new requests and exemplars alone",
                        new Rule.Wins(BROKEN, aligned, Pick.of(REPLAY), 1))
                .claim(
                        "It is not 5 points worse over all intents than retraining on everything",
                        new Rule.Advantage(ALL, aligned, Pick.of(RETRAINED), -5))
                .claim(
                        "Where everything is there, cw update breaks fewer old answers than retraining",
                        new Rule.Wins(BROKEN, Pick.of(UPDATED), Pick.of(RETRAINED), 1))
                .table("On requests that nothing was trained on", ARMS, List.of(ALL, OLD, NEW, BROKEN))
                .limit("Twenty intents and half of the encoder; nothing is tuned for any arm.")
                .done();
    }

    @Override
    public Trial prepare(Seed seed, Size size) {
        MassiveRequests all = MassiveRequests.read(data.get(), "updated/train.jsonl")
                .and(MassiveRequests.read(data.get(), "updated/test.jsonl"));
        LabelledTexts frequent = frequent(all, seed);
        int known = frequent.labelNames().size()
                - Math.min(ADDED, frequent.labelNames().size() - 1);
        ClassShares shares = ClassShares.of(
                frequent.labels(),
                frequent.labelNames().size(),
                size.of(15, 2),
                size.of(5, 1),
                intent -> intent < known ? size.of(30, 3) : size.of(50, 4),
                seed.child("rows"));
        Path directory = encoder.get();
        try (TextTokenizer tokenizer = TextTokenizer.open(directory, LENGTH);
                ModelDirectory files = ModelDirectory.load(directory)) {
            int[] old = IntStream.of(shares.learnt())
                    .filter(row -> frequent.labels()[row] < known)
                    .toArray();
            TextClassification served =
                    TextClassification.of(some(frequent, frequent.labelNames().subList(0, known), old), tokenizer);
            TextClassification learnt = TextClassification.of(some(frequent, shares.learnt()), tokenizer);
            Tensor none = Tensors.longs(new long[learnt.size()]);
            return new Grown(
                    MassiveUpdates.of(files, served, served, none, seed.child("served"), size),
                    MassiveUpdates.of(files, learnt, learnt, none, seed, size),
                    known,
                    TextClassification.of(some(frequent, shares.chosen()), tokenizer),
                    TextClassification.of(some(frequent, shares.judged()), tokenizer),
                    size);
        }
    }

    /** The requests of the most frequent intents, the new ones last. */
    private static LabelledTexts frequent(MassiveRequests all, Seed seed) {
        var counts = new HashMap<Integer, Integer>();
        all.labels().forEach(label -> counts.merge(label, 1, Integer::sum));
        List<Integer> most = counts.keySet().stream()
                .sorted((a, b) -> counts.getOrDefault(b, 0) - counts.getOrDefault(a, 0))
                .limit(KNOWN + ADDED)
                .sorted()
                .toList();
        List<Integer> order = IntStream.of(seed.child("new").permutation(most.size()))
                .mapToObj(most::get)
                .toList();
        int[] rows = IntStream.range(0, all.labels().size())
                .filter(row -> order.contains(all.labels().get(row)))
                .toArray();
        return new LabelledTexts(
                IntStream.of(rows).mapToObj(all.texts()::get).toList(),
                IntStream.of(rows)
                        .map(row -> order.indexOf(all.labels().get(row)))
                        .toArray(),
                order.stream().map(all.intents()::get).toList());
    }

    private static LabelledTexts some(LabelledTexts all, int... rows) {
        return some(all, all.labelNames(), rows);
    }

    private static LabelledTexts some(LabelledTexts all, List<String> names, int... rows) {
        return new LabelledTexts(
                IntStream.of(rows).mapToObj(all.texts()::get).toList(),
                IntStream.of(rows).map(row -> all.labels()[row]).toArray(),
                names);
    }

    /** One seed. */
    private static final class Grown implements Trial {
        private static final String HEAD = "classifier";

        private final MassiveUpdates whole;
        private final int known;
        private final TextClassification dev;
        private final TextClassification test;
        private final Size size;
        private final Map<String, Tensor> before;
        private final LinearHead servedHead;
        private final Tensor servedAnswers;

        Grown(
                MassiveUpdates served,
                MassiveUpdates whole,
                int known,
                TextClassification dev,
                TextClassification test,
                Size size) {
            this.whole = whole;
            this.known = known;
            this.dev = dev;
            this.test = test;
            this.size = size;
            Map<String, Tensor> weights = served.oldModel();
            this.servedHead = head(weights);
            this.before = new LinkedHashMap<>(weights);
            LinearHead grown = GrownHead.of(servedHead, head(whole.start()), false);
            before.put(HEAD + ".weight", grown.weight());
            before.put(HEAD + ".bias", Objects.requireNonNull(grown.bias()));
            this.servedAnswers = answers(servedHead.logits(features(test)));
        }

        private static LinearHead head(Map<String, Tensor> weights) {
            return new LinearHead(Objects.requireNonNull(weights.get(HEAD + ".weight")), weights.get(HEAD + ".bias"));
        }

        private Tensor features(LabelledDataset rows) {
            return GrowthStep.features(whole.model(), Params.of(before), rows).values();
        }

        private static Tensor answers(Tensor logits) {
            return logits.detach().argmax(new LongOptional(1), false);
        }

        @Override
        public Measurement run(Arm arm) {
            return switch (arm.method()) {
                case SERVED -> measured(servedAnswers);
                case FINETUNE -> measured(grown("method: finetune", newRows()));
                case REPLAY -> measured(grown("method: replay", withExemplars()));
                case WA -> measured(grown("method: wa", withExemplars()));
                case RETRAINED -> measured(answers(whole.logits(whole.target(), test)));
                case UPDATED -> measured(updated());
                default -> throw new IllegalArgumentException(arm.method());
            };
        }

        private LabelledDataset newRows() {
            return whole.updated()
                    .select(rows(known, whole.updated().labelNames().size()));
        }

        private int[] rows(int from, int to) {
            return IntStream.range(0, whole.updated().size())
                    .filter(row -> whole.updated().label(row) >= from
                            && whole.updated().label(row) < to)
                    .toArray();
        }

        private LabelledDataset withExemplars() {
            int[] old = rows(0, known);
            List<Integer> classes = IntStream.range(0, known).boxed().toList();
            GrowConfig config = config("method: wa");
            List<int[]> picks = ExemplarPicks.of(
                    GrowthStep.features(
                            whole.model(), Params.of(before), whole.updated().select(old)),
                    classes,
                    size.of(QUOTA, 2),
                    config.herding(),
                    whole.seed().child("herding"));
            var all = new ArrayList<Integer>();
            IntStream.of(rows(known, whole.updated().labelNames().size())).forEach(all::add);
            picks.forEach(of -> IntStream.of(of).forEach(place -> all.add(old[place])));
            return whole.updated()
                    .select(all.stream().mapToInt(Integer::intValue).toArray());
        }

        private static GrowConfig config(String yaml) {
            return Configs.bind(Configs.yaml(yaml, "the study"), GrowConfig.class, "grow");
        }

        /** The answers of a model that has learnt from these rows as the settings say. */
        private Tensor grown(String settings, LabelledDataset rows) {
            try (var scope = Scope.open()) {
                var weights = new LinkedHashMap<String, Tensor>();
                before.forEach((name, tensor) ->
                        weights.put(name, tensor.detach().clone().requires_grad_(true)));
                Params params = Params.of(weights);
                GrowConfig config = config(settings);
                Objects.requireNonNull(weights.get(HEAD + ".bias")).requires_grad_(config.trainsBias());
                TrainConfig train = whole.config(3, whole.seed().child("grown"));
                var step = new GrowthStep(config, whole.model(), params, known, 1, train);
                Teacher teacher =
                        Teacher.remembering(servedHead.logits(features(rows)).detach());
                step.run(StepRows.of(rows, null, teacher), null, Alone.FOLLOWING);
                return scope.keep(answers(whole.logits(weights, test)));
            }
        }

        private Tensor updated() {
            Map<String, Tensor> after = whole.update(before, 0);
            var bcwi = new Bcwi(0, Map.of(), List.of(), "");
            BcwiConfig config = Configs.bind(Configs.yaml("variant: plain", "the study"), BcwiConfig.class, "bcwi");
            AlphaSweep sweep = AlphaSweep.run(
                    config,
                    bcwi,
                    before,
                    List.of(after),
                    weights -> WeighedClassifier.best(whole.logits(weights, dev)),
                    WeighedClassifier.best(whole.logits(before, dev)),
                    MassiveUpdates.labels(dev),
                    whole.seed().child("bootstrap"));
            Map<String, Tensor> merged = bcwi.merge(sweep.choice().alpha(), before, List.of(after));
            return answers(whole.logits(merged, test));
        }

        private Measurement measured(Tensor answers) {
            long[] told = Tensors.toLongs(answers);
            long[] served = Tensors.toLongs(servedAnswers);
            double[] right = new double[2];
            double[] rows = new double[2];
            double broken = 0;
            for (int row = 0; row < told.length; row++) {
                int truth = test.label(row);
                int side = truth < known ? 0 : 1;
                rows[side]++;
                right[side] += told[row] == truth ? 1 : 0;
                broken += side == 0 && served[row] == truth && told[row] != truth ? 1 : 0;
            }
            return Measurement.of(Map.of(
                    ALL.key(),
                    100 * (right[0] + right[1]) / (rows[0] + rows[1]),
                    OLD.key(),
                    100 * right[0] / rows[0],
                    NEW.key(),
                    100 * right[1] / rows[1],
                    BROKEN.key(),
                    100 * broken / rows[0]));
        }
    }
}
