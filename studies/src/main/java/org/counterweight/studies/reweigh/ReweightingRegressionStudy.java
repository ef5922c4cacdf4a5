package org.counterweight.studies.reweigh;

import static org.bytedeco.pytorch.global.torch.cat;
import static org.bytedeco.pytorch.global.torch.empty;
import static org.bytedeco.pytorch.global.torch.matmul;
import static org.counterweight.engine.Tensors.optional;
import static org.counterweight.engine.Tensors.zeros;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.bytedeco.pytorch.Generator;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.counterweight.data.BatchSource;
import org.counterweight.engine.Seed;
import org.counterweight.model.Batch;
import org.counterweight.model.Params;
import org.counterweight.reweigh.loss.LossReweightingConfig;
import org.counterweight.reweigh.loss.Strategy;
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
import org.counterweight.train.event.Moment;
import org.counterweight.train.event.TrainingEvents;
import org.counterweight.train.objective.MeanSquaredError;

/**
 * The toy of the loss-reweighting paper: linear regression without noise, where samples that are already fitted waste
 * steps.
 *
 * @param redundant whether four fifths of the samples lie in a subspace of 4 of the 20 dimensions
 */
public record ReweightingRegressionStudy(boolean redundant) implements Study {
    private static final long WIDTH = 20;
    private static final long ROWS = 64;
    private static final long REDUNDANT_ROWS = 51; // four fifths
    private static final long REDUNDANT_WIDTH = 4;
    private static final int STEPS = 300;
    private static final double GOAL = 0.05;
    private static final Perceptron MODEL = new Perceptron(List.of(WIDTH, 1L));
    private static final Metric TO_GOAL = Metric.lower("steps", "steps to test loss 0.05 (300: not reached)", 1);
    private static final Metric LOSS = Metric.lower("final_loss", "test loss after 300 steps", 5);
    private static final Map<String, LossReweightingConfig> METHODS = methods();
    private static final RateSweep SWEEP =
            new RateSweep(List.copyOf(METHODS.keySet()), List.of(0.03, 0.1, 0.2, 0.3, 0.5, 0.8, 1.0, 1.2), 0.1);

    private static Map<String, LossReweightingConfig> methods() {
        var methods = new LinkedHashMap<String, LossReweightingConfig>();
        methods.put("uniform", LossReweightingConfig.of(Strategy.UNIFORM, 1));
        methods.put("linupper r 1", LossReweightingConfig.of(Strategy.LINUPPER, 1));
        methods.put("linupper r 0.4", LossReweightingConfig.of(Strategy.LINUPPER, 0.4));
        methods.put("quadratic r 1", LossReweightingConfig.of(Strategy.QUADRATIC, 1));
        methods.put("extremes r 1", LossReweightingConfig.of(Strategy.EXTREMES, 1));
        methods.put("KL-DRO r 1", LossReweightingConfig.of(Strategy.DRO, 1));
        return methods;
    }

    @Override
    public Plan plan() {
        List<String> order =
                List.of("uniform", "linupper r 1", "linupper r 0.4", "quadratic r 1", "extremes r 1", "KL-DRO r 1");
        List<Pick> fixed = order.stream().map(SWEEP::at).toList();
        return Plan.of(
                        redundant ? "reweighting-redundant" : "reweighting-gaussian",
                        "Loss-based reweighting: linear regression, "
                                + (redundant ? "80 % redundant samples" : "Gaussian samples"))
                .method("loss_reweighting")
                .paper(
                        "D. Sow et al., Dynamic Loss-Based Sample Reweighting for Improved Large Language Model Pretraining, ICLR"
                                + " 2025")
                .says(
                        "Sparing samples of low loss (LinUpper) converges faster than uniform weights; Quadratic is faster too.")
                .data(
                        "y = x · w in 20 dimensions, without noise, x and w standard normal; "
                                + (redundant
                                        ? "in each batch 51 of 64 samples have only their first 4 components, "
                                        : "")
                                + "new batches of 64 at every step. The test loss is the expectation over Gaussian x, |w' − w|² + b².")
                .setup("Linear model from a small random start, SGD at a constant rate, 300 steps.")
                .arms(SWEEP.arms())
                .seeds(10)
                .tunedBy(TO_GOAL)
                .claim(
                        "At rate 0.1, LinUpper (r 1) reaches the goal in fewer steps than uniform weights",
                        new Rule.Wins(TO_GOAL, SWEEP.at("linupper r 1"), SWEEP.at("uniform"), 0.9))
                .claim(
                        "At rate 0.1, Quadratic (r 1) reaches it in fewer steps than uniform weights",
                        new Rule.Wins(TO_GOAL, SWEEP.at("quadratic r 1"), SWEEP.at("uniform"), 0.9))
                .claim(
                        "With the rate tuned for each, LinUpper (r 1) still needs fewer steps",
                        new Rule.Advantage(TO_GOAL, Pick.tuned("linupper r 1"), Pick.tuned("uniform"), 0))
                .table("Rate 0.1 for all", fixed, List.of(TO_GOAL, LOSS))
                .table("The best rate of each", order.stream().map(Pick::tuned).toList(), List.of(TO_GOAL, LOSS))
                .figure(new Figure.Curves(
                        "loss", "Test loss at rate 0.1", "test", "step", "test loss", 1, true, fixed.subList(0, 5)))
                .figure(new Figure.Bars(
                        "tuned",
                        "Steps to the goal at each one's best rate",
                        "steps",
                        List.of(TO_GOAL),
                        order.stream().map(Pick::tuned).toList()))
                .limit("The rate is tuned on the figure that is reported: without noise there is nothing to overfit.")
                .limit("Without noise all samples can be fitted at once; with label noise, high losses are noise and"
                        + " reweighting raises the final error.")
                .done();
    }

    @Override
    public Trial prepare(Seed seed, Size size) {
        Generator random = seed.child("data").generator();
        Tensor truth = normal(random, WIDTH, 1);
        Map<String, Tensor> start = MODEL.initialize(seed.child("start").generator());
        int steps = size.of(STEPS, 30);
        var batches = new ArrayList<Batch>();
        for (int i = 0; i < steps; i++) {
            Tensor x = redundant
                    ? cat(new TensorVector(flat(random), normal(random, ROWS - REDUNDANT_ROWS, WIDTH)), 0)
                    : normal(random, ROWS, WIDTH);
            batches.add(new Batch(Map.of(Batch.PIXEL_VALUES, x, Batch.LABELS, matmul(x, truth))));
        }
        return arm -> run(arm, start, truth, batches);
    }

    private static Measurement run(Arm arm, Map<String, Tensor> start, Tensor truth, List<Batch> batches) {
        LossReweightingConfig method = METHODS.get(arm.method());
        if (method == null) {
            throw new IllegalArgumentException("there is no method " + arm.method());
        }
        var weights = new LinkedHashMap<String, Tensor>();
        start.forEach((name, tensor) -> weights.put(name, tensor.clone().requires_grad_(true)));
        double[] test = new double[batches.size()];
        var watch = new TrainingEvents() {
            @Override
            public void afterStep(Moment moment) {
                double sum = 0;
                for (var entry : moment.trainables().entrySet()) {
                    Tensor value = entry.getValue().detach();
                    Tensor gap = entry.getKey().endsWith("weight") ? value.sub(truth.t()) : value;
                    sum += gap.square().sum().item_double();
                }
                test[(int) moment.step()] = sum;
            }
        };
        Trace trace = Trace.of(
                Task.of(MODEL, Params.of(weights), BatchSource.of(batches), new MeanSquaredError())
                        .weighedBy(method.create())
                        .with(watch),
                settings(Knob.RATE.of(arm), batches.size()));
        int reached = batches.size();
        for (int i = test.length - 1; i >= 0; i--) {
            reached = test[i] < GOAL ? i + 1 : reached; // the first time; a run that diverged has zeros behind its end
        }
        double last = trace.unlessDiverged(test[test.length - 1]);
        return new Measurement(
                Map.of(TO_GOAL.key(), trace.diverged() ? batches.size() : (double) reached, LOSS.key(), last),
                Map.of("test", test));
    }

    private static TrainConfig settings(double rate, int steps) {
        return TrainConfig.of(String.format(Locale.ROOT, """
                max_steps: %d
                lr: %s
                weight_decay: 0
                optimizer: {name: sgd}
                schedule: constant
                warmup: 0
                clip: null
                precision: float32
                """, steps, rate));
    }

    private static Tensor normal(Generator random, long rows, long columns) {
        return empty(rows, columns).normal_(0, 1, optional(random));
    }

    /** Samples that have only their first components. */
    private static Tensor flat(Generator random) {
        return cat(
                new TensorVector(
                        normal(random, REDUNDANT_ROWS, REDUNDANT_WIDTH),
                        zeros(REDUNDANT_ROWS, WIDTH - REDUNDANT_WIDTH)),
                1);
    }
}
