package org.counterweight.studies.classes;

import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.balance.audit.FeatureFigures;
import org.counterweight.balance.run.BalanceConfig;
import org.counterweight.config.Configs;
import org.counterweight.data.BatchSource;
import org.counterweight.data.Batching;
import org.counterweight.data.LabelledDataset;
import org.counterweight.engine.Seed;
import org.counterweight.model.Model;
import org.counterweight.model.Params;
import org.counterweight.model.part.LinearHead;
import org.counterweight.studies.plan.Plan;
import org.counterweight.studies.plan.arm.Arm;
import org.counterweight.studies.plan.arm.Measurement;
import org.counterweight.studies.plan.arm.Metric;
import org.counterweight.studies.plan.arm.Pick;
import org.counterweight.studies.plan.rule.Rule;
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

/**
 * Weight Balancing in two stages and in one, and what it is compared with: what the studies of it have in common.
 *
 * @param learnt rows to learn from, of which some classes have few
 * @param chosen rows to choose epochs and tau by
 * @param judged rows to judge by
 * @param shots which classes have many and which few
 */
record BalanceArms(
        Model model,
        LabelledDataset learnt,
        LabelledDataset chosen,
        LabelledDataset judged,
        TrainConfig train,
        ShotAccuracy shots,
        Seed seed) {
    static final String PAPER =
            "S. Alshammari et al., Long-Tailed Recognition via Weight Balancing, CVPR 2022 (arXiv 2203.14197); N."
                    + " Hasegawa and I. Sato, Exploring Weight Balancing on Long-Tailed Recognition Problem, ICLR 2024 (arXiv"
                    + " 2305.16573)";
    static final String SAYS =
            "Weight decay makes features that tell classes apart, and a head trained on them with a class-balanced loss,"
                    + " decay and rows inside a ball no longer neglects the rare classes; one stage with decay, short features,"
                    + " a head fixed to a simplex and adjusted logits does as well.";

    static final Metric ALL = Metric.higher("all", "all classes, %", 1);
    static final Metric MANY = Metric.higher("many", "many rows, %", 1);
    static final Metric MEDIUM = Metric.higher("medium", "medium, %", 1);
    static final Metric FEW = Metric.higher("few", "few rows, %", 1);
    static final Metric FISHER = Metric.higher("fisher", "Fisher's ratio", 1);
    static final List<Metric> ACCURACIES = List.of(ALL, MANY, MEDIUM, FEW);

    static final String PLAIN = "cross entropy";
    static final String DECAY = "with decay";
    static final String TAU = "decay, tau-normalisation";
    static final String ADDITIVE = "decay, additive adjustment";
    static final String TWO = "two stages";
    static final String BINARY = "two stages, binary form";
    static final String BARE = "second stage without decay and ball";
    static final String FROM_THE_START = "decay, class-balanced from the start";
    static final String ONE = "one stage, no adjustment";
    static final String ONE_ADDITIVE = "one stage, additive";
    static final String ONE_MULTIPLICATIVE = "one stage, multiplicative";
    static final String ONE_LONG = "one stage, long features, multiplicative";

    private static final String STAGE = "second: null, weight_decay: 5e-3";
    private static final String SIMPLEX = STAGE + ", etf: {}";
    private static final Map<String, String> SETTINGS = settings();

    /** The arms of a study whose steps cost more. */
    static final List<Pick> FEWER = List.of(
            Pick.of(PLAIN),
            Pick.of(DECAY),
            Pick.of(TAU),
            Pick.of(ADDITIVE),
            Pick.of(TWO),
            Pick.of(ONE),
            Pick.of(ONE_ADDITIVE),
            Pick.of(ONE_MULTIPLICATIVE));

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

    static List<Pick> all() {
        return SETTINGS.keySet().stream().map(Pick::of).toList();
    }

    /** What is claimed of every long tail, and how it is shown. */
    static Plan.Draft shown(Plan.Draft draft, List<Pick> arms) {
        return draft.method("weight_balancing")
                .paper(PAPER)
                .says(SAYS)
                .picks(arms)
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
                .table(
                        "Accuracy by how many rows a class has, and features",
                        arms,
                        List.of(ALL, MANY, MEDIUM, FEW, FISHER));
    }

    Measurement run(Arm arm) {
        Map<String, Tensor> weights = model.initialize(seed.child("start").generator());
        var buffers = model.modules().buffers();
        weights.forEach((name, weight) -> weight.requires_grad_(!buffers.contains(name)));
        BatchSource batches = train.batches(learnt, seed.child("order"));
        Task task =
                Task.of(model, Params.of(weights), batches, new CrossEntropy(0)).evaluatedBy(on(chosen));
        BalanceConfig config = Configs.bind(
                Configs.yaml("{" + SETTINGS.get(arm.method()) + "}", "the study"), BalanceConfig.class, "balance");
        Run run = config.join(
                new Run(task, train, i -> batches, new TrainingListener() {}).with(new ClassRows(learnt, null)));
        try (var trainer = new Trainer(run.task(), run.config(), new TrainingListener() {}, null)) {
            trainer.run();
        } finally {
            run.task().events().forEach(TrainingEvents::close);
        }
        return measured(Params.of(weights));
    }

    private static Evaluator on(LabelledDataset rows) {
        return Evaluator.of(BatchSource.byLength(rows, new Batching(512, 1)), new CrossEntropy(0), rows.labelNames());
    }

    private Measurement measured(Params params) {
        List<Double> counts =
                Arrays.stream(learnt.labelCounts()).asDoubleStream().boxed().toList();
        Evaluation found =
                on(judged).with(List.of(new BalancedAccuracy(), shots), counts).evaluate(model, params);
        var values = new HashMap<String, Double>();
        List<String> names = List.of("balanced_accuracy", "many_shot", "medium_shot", "few_shot");
        for (int i = 0; i < names.size(); i++) {
            values.put(ACCURACIES.get(i).key(), 100 * found.all().getOrDefault(names.get(i), Double.NaN));
        }
        HeadFeatures features = HeadFeatures.of(model, params, BatchSource.byLength(learnt, new Batching(512, 1)));
        LinearHead head = LinearHead.of(params, LinearHead.name(model, "the study"));
        values.put(
                FISHER.key(),
                FeatureFigures.of(features.values(), Objects.requireNonNull(features.labels()), head.copy())
                        .discriminantRatio());
        return Measurement.of(values);
    }
}
