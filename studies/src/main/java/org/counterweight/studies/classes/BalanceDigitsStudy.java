package org.counterweight.studies.classes;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.balance.audit.FeatureFigures;
import org.counterweight.balance.run.BalanceConfig;
import org.counterweight.config.Configs;
import org.counterweight.data.BatchSource;
import org.counterweight.data.Batching;
import org.counterweight.data.LabelledDataset;
import org.counterweight.data.image.ImageSet;
import org.counterweight.engine.Seed;
import org.counterweight.model.Params;
import org.counterweight.model.part.Activation;
import org.counterweight.model.part.LinearHead;
import org.counterweight.model.zoo.image.Mlp;
import org.counterweight.studies.plan.Arm;
import org.counterweight.studies.plan.Measurement;
import org.counterweight.studies.plan.Metric;
import org.counterweight.studies.plan.Pick;
import org.counterweight.studies.plan.Plan;
import org.counterweight.studies.plan.Rule;
import org.counterweight.studies.plan.Size;
import org.counterweight.studies.plan.Study;
import org.counterweight.train.Task;
import org.counterweight.train.TrainConfig;
import org.counterweight.train.Trainer;
import org.counterweight.train.TrainingListener;
import org.counterweight.train.event.TrainingEvents;
import org.counterweight.train.measure.BalancedAccuracy;
import org.counterweight.train.measure.Evaluation;
import org.counterweight.train.measure.Evaluator;
import org.counterweight.train.measure.HeadFeatures;
import org.counterweight.train.measure.ShotAccuracy;
import org.counterweight.train.objective.CrossEntropy;
import org.counterweight.train.part.ClassRows;
import org.counterweight.train.part.Run;

/** Weight Balancing in two stages and in one, on digits of which some have a hundred rows and some two. */
public final class BalanceDigitsStudy implements Study {
    private static final Metric ALL = Metric.higher("all", "all classes, %", 1);
    private static final Metric MANY = Metric.higher("many", "many rows, %", 1);
    private static final Metric MEDIUM = Metric.higher("medium", "medium, %", 1);
    private static final Metric FEW = Metric.higher("few", "few rows, %", 1);
    private static final Metric FISHER = Metric.higher("fisher", "Fisher's ratio", 1);
    private static final List<Metric> ACCURACIES = List.of(ALL, MANY, MEDIUM, FEW);

    private static final String PLAIN = "cross entropy";
    private static final String DECAY = "with decay";
    private static final String TAU = "decay, tau-normalisation";
    private static final String ADDITIVE = "decay, additive adjustment";
    private static final String TWO = "two stages";
    private static final String BINARY = "two stages, binary form";
    private static final String BARE = "second stage without decay and ball";
    private static final String FROM_THE_START = "decay, class-balanced from the start";
    private static final String ONE = "one stage, no adjustment";
    private static final String ONE_ADDITIVE = "one stage, additive";
    private static final String ONE_MULTIPLICATIVE = "one stage, multiplicative";
    private static final String ONE_LONG = "one stage, long features, multiplicative";

    private static final String STAGE = "second: null, weight_decay: 5e-3";
    private static final String SIMPLEX = STAGE + ", etf: {}";
    private static final Map<String, String> SETTINGS = settings();

    private static final int MOST = 100;
    private static final double IMBALANCE = 0.02;
    private static final int TESTED = 40;
    private static final int CHOSEN = 15;
    private static final Mlp MODEL = new Mlp(64, List.of(128), 10, Activation.RELU, 0);
    private static final ShotAccuracy SHOTS = new ShotAccuracy(40, 10);

    private static Map<String, String> settings() {
        var settings = new LinkedHashMap<String, String>();
        settings.put(PLAIN, "second: null, weight_decay: 0.0");
        settings.put(DECAY, STAGE);
        settings.put(TAU, STAGE + ", tau_norm: {tau: 1.0}");
        settings.put(ADDITIVE, STAGE + ", adjust: {mode: additive}");
        settings.put(TWO, "weight_decay: 5e-3");
        settings.put(BINARY, "weight_decay: 5e-3, second: {loss: {form: softmax_bce}}");
        settings.put(BARE, "weight_decay: 5e-3, second: {weight_decay: 0.0, max_norm: null}");
        settings.put(FROM_THE_START, STAGE + ", loss: class_balanced");
        settings.put(ONE, SIMPLEX + ", feature_decay: 1e-2");
        settings.put(ONE_ADDITIVE, SIMPLEX + ", feature_decay: 1e-2, adjust: {mode: additive}");
        settings.put(ONE_MULTIPLICATIVE, SIMPLEX + ", feature_decay: 1e-2, adjust: {mode: multiplicative}");
        settings.put(ONE_LONG, SIMPLEX + ", adjust: {mode: multiplicative}");
        return settings;
    }

    private static List<Pick> all() {
        return SETTINGS.keySet().stream().map(Pick::of).toList();
    }

    @Override
    public Plan plan() {
        var columns = new ArrayList<>(ACCURACIES);
        columns.add(FISHER);
        return Plan.of("balance-digits", "Weight Balancing: rare digits in two stages, and in one")
                .method("weight_balancing")
                .paper(
                        "S. Alshammari et al., Long-Tailed Recognition via Weight Balancing, CVPR 2022 (arXiv 2203.14197); N."
                                + " Hasegawa and I. Sato, Exploring Weight Balancing on Long-Tailed Recognition Problem, ICLR 2024 (arXiv"
                                + " 2305.16573)")
                .says(
                        "Weight decay makes features that tell classes apart, and a head trained on them with a class-balanced loss,"
                                + " decay and rows inside a ball no longer neglects the rare classes; one stage with decay, short features,"
                                + " a head fixed to a simplex and adjusted logits does as well.")
                .data(
                        "The included 8 x 8 digits: 40 of each to judge by, 15 of each to choose by, and to learn from 100, 65, 42,"
                                + " 27, 17, 11, 7, 5, 3, 2; which digit is rare is drawn for each seed. Many is above 40 rows, few below"
                                + " 10.")
                .setup(
                        "Perceptron 64-128-10 with ReLU, SGD with momentum 0.9 at 0.05, batches of 32, 60 epochs, cosine schedule."
                                + " Every arm ends with the epoch of best balanced accuracy on the rows to choose by, on which tau is found"
                                + " too. Second stage as in the paper: 10 epochs at 0.01, decay 0.1, ball at a tenth; rows projected after"
                                + " every step.")
                .picks(all())
                .seeds(5)
                .claim(
                        "Two stages are at least 5 points better over all classes than cross entropy",
                        new Rule.Advantage(ALL, Pick.of(TWO), Pick.of(PLAIN), 5))
                .claim(
                        "and at least 15 on classes with few rows",
                        new Rule.Advantage(FEW, Pick.of(TWO), Pick.of(PLAIN), 15))
                .claim(
                        "One stage with additive adjustment is at least 5 points better over all classes than cross entropy",
                        new Rule.Advantage(ALL, Pick.of(ONE_ADDITIVE), Pick.of(PLAIN), 5))
                .claim(
                        "and not 3 points worse than two stages",
                        new Rule.Advantage(ALL, Pick.of(ONE_ADDITIVE), Pick.of(TWO), -3))
                .claim(
                        "Decay alone does not help the classes with few rows: it is not better than cross entropy by a point",
                        new Rule.Advantage(FEW, Pick.of(PLAIN), Pick.of(DECAY), -1))
                .claim(
                        "Decay raises Fisher's ratio of the features",
                        new Rule.Wins(FISHER, Pick.of(DECAY), Pick.of(PLAIN), 0.8))
                .claim(
                        "Short features and a simplex raise it further",
                        new Rule.Wins(FISHER, Pick.of(ONE), Pick.of(DECAY), 0.8))
                .claim(
                        "What helps the rare costs the frequent: two stages are worse on classes with many rows",
                        new Rule.Wins(MANY, Pick.of(PLAIN), Pick.of(TWO), 0.8))
                .table("Accuracy by how many rows a class has, and features", all(), columns)
                .limit(
                        "A perceptron on 279 images; the papers train ResNet-34 for 320 epochs. Nothing is tuned but tau and the"
                                + " epoch.")
                .limit(
                        "The advantage of multiplicative over additive adjustment needs features that have collapsed, which these"
                                + " have not.")
                .done();
    }

    /** The rows of one seed. */
    private record Rows(LabelledDataset learnt, LabelledDataset chosen, LabelledDataset judged) {
        static Rows of(Seed seed) {
            ImageSet digits = ImageSet.digits();
            int[] rank = seed.child("rare").permutation(10);
            var learnt = new ArrayList<Integer>();
            var chosen = new ArrayList<Integer>();
            var judged = new ArrayList<Integer>();
            for (int c = 0; c < 10; c++) {
                int digit = c;
                int[] own = IntStream.range(0, digits.size())
                        .filter(row -> digits.label(row) == digit)
                        .toArray();
                int[] order = seed.child(digit).permutation(own.length);
                long count = Math.round(MOST * Math.pow(IMBALANCE, rank[digit] / 9.0));
                for (int place = 0; place < TESTED + CHOSEN + count; place++) {
                    (place < TESTED ? judged : place < TESTED + CHOSEN ? chosen : learnt).add(own[order[place]]);
                }
            }
            return new Rows(select(digits, learnt), select(digits, chosen), select(digits, judged));
        }

        private static LabelledDataset select(ImageSet digits, List<Integer> rows) {
            return digits.select(rows.stream().mapToInt(Integer::intValue).toArray());
        }
    }

    @Override
    public Trial prepare(Seed seed, Size size) {
        Rows rows = Rows.of(seed);
        TrainConfig train =
                TrainConfig.of("{epochs: " + size.of(60, 3) + ", batch_size: 32, lr: 0.05, warmup: 0.0, precision:"
                        + " float32, optimizer: {name: sgd, momentum: 0.9}, seed: " + seed.value() + "}");
        return arm -> measured(arm, rows, train, seed);
    }

    private static Measurement measured(Arm arm, Rows rows, TrainConfig train, Seed seed) {
        Map<String, Tensor> weights = MODEL.initialize(seed.child("start").generator());
        weights.values().forEach(weight -> weight.requires_grad_(true));
        BatchSource batches = train.batches(rows.learnt(), seed.child("order"));
        Task task =
                Task.of(MODEL, Params.of(weights), batches, new CrossEntropy(0)).evaluatedBy(on(rows.chosen()));
        BalanceConfig config = Configs.bind(
                Configs.yaml("{" + SETTINGS.get(arm.method()) + "}", "the study"), BalanceConfig.class, "balance");
        Run run = config.join(
                new Run(task, train, i -> batches, new TrainingListener() {}).with(new ClassRows(rows.learnt(), null)));
        try (var trainer = new Trainer(run.task(), run.config(), new TrainingListener() {}, null)) {
            trainer.run();
        } finally {
            run.task().events().forEach(TrainingEvents::close);
        }
        return measured(rows, Params.of(weights));
    }

    private static Evaluator on(LabelledDataset rows) {
        return Evaluator.of(BatchSource.byLength(rows, new Batching(512, 1)), new CrossEntropy(0), rows.labelNames());
    }

    private static Measurement measured(Rows rows, Params params) {
        List<Integer> counts =
                Arrays.stream(rows.learnt().labelCounts()).boxed().toList();
        Evaluation judged = on(rows.judged())
                .with(List.of(new BalancedAccuracy(), SHOTS), counts)
                .evaluate(MODEL, params);
        var values = new HashMap<String, Double>();
        List<String> names = List.of("balanced_accuracy", "many_shot", "medium_shot", "few_shot");
        for (int i = 0; i < names.size(); i++) {
            values.put(ACCURACIES.get(i).key(), 100 * judged.metric(names.get(i)));
        }
        HeadFeatures features =
                HeadFeatures.of(MODEL, params, BatchSource.byLength(rows.learnt(), new Batching(512, 1)));
        LinearHead head = LinearHead.of(params, LinearHead.name(MODEL, "the study"));
        values.put(
                FISHER.key(),
                FeatureFigures.of(features.values(), Objects.requireNonNull(features.labels()), head.copy())
                        .discriminantRatio());
        return Measurement.of(values);
    }
}
