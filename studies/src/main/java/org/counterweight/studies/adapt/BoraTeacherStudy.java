package org.counterweight.studies.adapt;

import static org.bytedeco.pytorch.global.torch.empty;
import static org.counterweight.engine.Tensors.noGrad;
import static org.counterweight.engine.Tensors.optional;
import static org.counterweight.engine.Tensors.zeros;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.bytedeco.pytorch.Generator;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.data.BatchSource;
import org.counterweight.engine.Seed;
import org.counterweight.model.Batch;
import org.counterweight.model.Params;
import org.counterweight.studies.adapt.ScaledTeacher.Scaling;
import org.counterweight.studies.bed.Contender;
import org.counterweight.studies.bed.Trace;
import org.counterweight.studies.bed.classifier.Perceptron;
import org.counterweight.studies.plan.Plan;
import org.counterweight.studies.plan.RateSweep;
import org.counterweight.studies.plan.Study;
import org.counterweight.studies.plan.arm.Arm;
import org.counterweight.studies.plan.arm.Knob;
import org.counterweight.studies.plan.arm.Measurement;
import org.counterweight.studies.plan.arm.Metric;
import org.counterweight.studies.plan.arm.Pick;
import org.counterweight.studies.plan.arm.Size;
import org.counterweight.studies.plan.rule.Rule;
import org.counterweight.studies.plan.shown.Figure;
import org.counterweight.train.Task;
import org.counterweight.train.TrainConfig;
import org.counterweight.train.objective.MeanSquaredError;

/** One linear map is to become another whose rows or columns are scaled: what has magnitudes there can, what has none cannot. */
public final class BoraTeacherStudy implements Study {
    static final String PAPER =
            "Q. Wang et al., BoRA: Bi-dimensional Weight-Decomposed Low-Rank Adaptation, 2024 (arXiv 2412.06441)";

    private static final String LORA = "LoRA r3";
    private static final String DORA = "DoRA r3";
    private static final String BORA = "BoRA r2";
    private static final String WHOLE = "BoRA r2, whole gradient";
    private static final long WIDTH = 32;
    private static final Perceptron MODEL = new Perceptron(List.of(WIDTH, WIDTH));
    private static final List<Contender> CONTENDERS = List.of(
            Contender.of(LORA, "lora", "{r: 3, alpha: 3}"),
            Contender.of(DORA, "dora", "{r: 3, alpha: 3}"),
            Contender.of(BORA, "bora", "{r: 2, alpha: 2}"),
            Contender.of("BoRA r2, columns first", "bora", "{r: 2, alpha: 2, order: col_row}"),
            Contender.of(WHOLE, "bora", "{r: 2, alpha: 2, detach_norm: false}"));
    private static final List<Double> RATES = List.of(3e-3, 1e-2, 3e-2, 1e-1);
    private static final double FIXED = 1e-2;

    private static final Metric DISTANCE = Metric.lower("distance", "‖W' − W*‖ / ‖W − W*‖", 4);
    private static final Metric VALIDATION = Metric.lower("validation_error", "squared error on new inputs", 4);
    private static final Metric COUNT = Metric.plain("trained", "trained parameters", 0);

    /** The same contenders, once for each target. */
    private static RateSweep sweep(Scaling target) {
        return new RateSweep(
                CONTENDERS.stream()
                        .map(contender -> named(contender.name(), target))
                        .toList(),
                RATES,
                FIXED);
    }

    private static String named(String contender, Scaling target) {
        return contender + "; " + target.word();
    }

    private static Pick fixed(String contender, Scaling target) {
        return sweep(target).at(named(contender, target));
    }

    private static Pick tuned(String contender, Scaling target) {
        return Pick.tuned(named(contender, target));
    }

    @Override
    public Plan plan() {
        var arms = new ArrayList<Arm>();
        for (Scaling target : Scaling.values()) {
            arms.addAll(sweep(target).arms());
        }
        Plan.Draft plan = Plan.of("bora-teacher", "BoRA: a target whose columns are scaled")
                .method("bora")
                .paper(PAPER)
                .says("DoRA scales outputs only; magnitudes on both sides also scale inputs, which low rank cannot.")
                .data(
                        "W is 32 × 32, normal. The target is W + u v^T with its rows, its columns or both scaled by factors"
                                + " normal around 1 with deviation 0.4. 256 normal inputs with the target's exact answers to learn"
                                + " from, 256 others to choose the rate by. Drawn anew for each seed, the same for all arms.")
                .setup(
                        "Mean squared error, 600 full-batch steps of Adam, cosine schedule, alpha = r. LoRA r3 and BoRA r2 train 192"
                                + " numbers, DoRA r3 224.")
                .arms(arms)
                .seeds(8)
                .tunedBy(VALIDATION)
                .claim(
                        "Where columns are scaled, BoRA comes nearer to the target than DoRA",
                        new Rule.Wins(DISTANCE, fixed(BORA, Scaling.COLUMNS), fixed(DORA, Scaling.COLUMNS), 0.9))
                .claim(
                        "It does with the rate tuned for each, by a factor of at least 2",
                        halves(BORA, DORA, Scaling.COLUMNS))
                .claim(
                        "Where rows are scaled, DoRA needs no columns: its distance is at most half of LoRA's",
                        halves(DORA, LORA, Scaling.ROWS))
                .claim(
                        "Where both are scaled, BoRA comes nearer than DoRA by a factor of at least 2",
                        halves(BORA, DORA, Scaling.BOTH))
                .claim(
                        "Where both are scaled, BoRA comes nearer than LoRA of as many parameters by a factor of at least 2",
                        halves(BORA, LORA, Scaling.BOTH))
                .claim(
                        "With norms that have a gradient, BoRA comes nearer still",
                        new Rule.Wins(DISTANCE, tuned(WHOLE, Scaling.BOTH), tuned(BORA, Scaling.BOTH), 0.9))
                .figure(new Figure.Curves(
                        "columns",
                        "Columns scaled: training loss, lr 0.01",
                        "loss",
                        "step",
                        "squared error",
                        1,
                        true,
                        sweep(Scaling.COLUMNS).atFixed()))
                .figure(sweep(Scaling.BOTH).figure("rates", "Rows and columns scaled: what the rate does", DISTANCE))
                .limit(
                        "The targets are made to be out of reach of low rank and within reach of magnitudes: this shows what"
                                + " the form can express, not that models need it.")
                .limit(
                        "Of the paper, only abstract and figure could be read: which side is normalised first is our reading"
                                + " of a re-implementation, and both orders are shown.");
        List<Metric> columns = List.of(COUNT, DISTANCE);
        for (Scaling target : Scaling.values()) {
            String scaled = "Scaled: " + target.word();
            plan.table(scaled + "; rate 0.01 for all", sweep(target).atFixed(), columns);
            plan.table(scaled + "; the best rate of each", sweep(target).tuned(), columns);
        }
        return plan.done();
    }

    /** {@code nearer} comes at least twice as near, each at its best rate. */
    private static Rule halves(String nearer, String than, Scaling target) {
        return new Rule.Ratio(DISTANCE, tuned(nearer, target), tuned(than, target), 0.5, 0.9);
    }

    @Override
    public Trial prepare(Seed seed, Size size) {
        Map<Scaling, ScaledTeacher> teachers = new EnumMap<>(Scaling.class);
        for (Scaling target : Scaling.values()) {
            teachers.put(
                    target,
                    ScaledTeacher.of(WIDTH, target, seed.child(target.word()).generator()));
        }
        Generator random = seed.child("inputs").generator();
        Tensor inputs = inputs(random);
        Tensor others = inputs(random);
        int steps = size.of(600, 4);
        return arm -> {
            String[] parts = arm.method().split("; ", -1);
            ScaledTeacher teacher =
                    Objects.requireNonNull(teachers.get(Scaling.valueOf(parts[1].toUpperCase(java.util.Locale.ROOT))));
            double rate = Knob.RATE.of(arm);
            Params base = Params.of(Map.of("0.weight", teacher.base(), "0.bias", zeros(WIDTH)));
            Params params = Contender.named(parts[0], CONTENDERS)
                    .onto(MODEL, base, MODEL.modules().linears(), seed);
            Task task = Task.of(MODEL, params, BatchSource.of(List.of(batch(teacher, inputs))), new MeanSquaredError());
            Trace trace = Trace.of(task, settings(rate, steps));
            try (var off = noGrad()) {
                Tensor weight = params.weight("0.weight");
                Tensor error =
                        teacher.answers(others).sub(others.mm(weight.t())).square();
                return new Measurement(
                        Map.of(
                                DISTANCE.key(), trace.unlessDiverged(teacher.distance(weight)),
                                VALIDATION.key(),
                                        trace.unlessDiverged(error.mean().item_double()),
                                COUNT.key(), Contender.count(params)),
                        Map.of("loss", trace.curve(steps)));
            }
        };
    }

    private static Tensor inputs(Generator random) {
        return empty(256, WIDTH).normal_(0, 1, optional(random));
    }

    private static Batch batch(ScaledTeacher teacher, Tensor x) {
        return new Batch(Map.of(Batch.PIXEL_VALUES, x, Batch.LABELS, teacher.answers(x)));
    }

    private static TrainConfig settings(double rate, int steps) {
        return TrainConfig.of("""
                max_steps: %d
                lr: %s
                weight_decay: 0
                optimizer: {name: adam}
                schedule: cosine
                warmup: 0
                clip: null
                precision: float32
                """.formatted(steps, rate));
    }
}
