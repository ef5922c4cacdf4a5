package org.counterweight.studies.adapt;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.data.BatchSource;
import org.counterweight.engine.Seed;
import org.counterweight.model.Params;
import org.counterweight.studies.bed.Contender;
import org.counterweight.studies.bed.Drift;
import org.counterweight.studies.bed.Trace;
import org.counterweight.studies.bed.classifier.Perceptron;
import org.counterweight.studies.bed.classifier.WeighedClassifier;
import org.counterweight.studies.digits.Digits;
import org.counterweight.studies.digits.Samples;
import org.counterweight.studies.plan.RateSweep;
import org.counterweight.studies.plan.Study;
import org.counterweight.studies.plan.arm.Knob;
import org.counterweight.studies.plan.arm.Measurement;
import org.counterweight.studies.plan.arm.Metric;
import org.counterweight.studies.plan.arm.Size;
import org.counterweight.studies.plan.shown.Figure;
import org.counterweight.train.Task;
import org.counterweight.train.TrainConfig;
import org.counterweight.train.objective.CrossEntropy;
import org.jspecify.annotations.Nullable;

/**
 * The task that the adapters' studies share: a perceptron that reads upright digits learns, from 300 images, to read digits
 * that lie on their side.
 *
 * <p>For each seed the 1,797 images of 8 × 8 pixels are shuffled and split: 897 upright ones train the base; of the others,
 * rotated by a quarter turn, 300 adapt it, 200 choose settings, 400 test. All arms of a seed see the same base and the same
 * batches.
 *
 * @param drift null where nobody asks how far the weights went
 */
record DigitsTransfer(List<Contender> contenders, @Nullable Drift drift) {
    static final String DATA =
            "1,797 handwritten digits of 8 × 8 pixels (UCI optdigits). For each seed, shuffled: 897 upright images train the"
                    + " base, 300 rotated by 90° adapt it, 200 rotated ones are for validation, 400 for the test.";
    static final String SETUP =
            "Perceptron 64-128-128-10 with ReLU, trained on upright digits for 600 steps of 32; then both hidden layers' weights are adapted,"
                    + " all else frozen: AdamW without weight decay, constant rate, 200 steps of 32 images.";

    static final Metric TEST = Metric.higher("test_accuracy", "test accuracy", 3);
    static final Metric VALIDATION = Metric.higher("validation_accuracy", "validation accuracy", 3);
    static final Metric EARLY = Metric.lower("early_loss", "mean loss of steps 1 to 100", 3);
    static final Metric FINAL = Metric.lower("final_loss", "mean loss of the last 20 steps", 3);
    static final Metric GRADIENT = Metric.higher("first_gradient", "gradient norm at step 0", 3);
    static final Metric UPRIGHT = Metric.higher("upright_accuracy", "accuracy on upright digits afterwards", 3);
    static final Metric COUNT = Metric.plain("trained", "trained parameters", 0);

    private static final String LOSS = "loss";
    private static final Perceptron MODEL = new Perceptron(List.of(64L, 128L, 128L, 10L));
    private static final List<String> TARGETS = List.of("0", "1");
    private static final int STEPS = 200;

    DigitsTransfer(List<Contender> contenders) {
        this(contenders, null);
    }

    /** At one rate or another, the same for all. */
    RateSweep sweep(List<Double> rates, double fixed) {
        return new RateSweep(contenders.stream().map(Contender::name).toList(), rates, fixed);
    }

    /** How all learn at the one rate. */
    static Figure losses(RateSweep sweep) {
        String title = "Training loss at one rate, " + Knob.RATE.at(sweep.fixed());
        return new Figure.Curves("loss", title, LOSS, "step", "cross-entropy", 1, false, sweep.atFixed());
    }

    /** How accurate all are at every rate. */
    static Figure rates(RateSweep sweep) {
        return sweep.figure("rates", "What the learning rate does to each", TEST);
    }

    Study.Trial prepare(Seed seed, Size size) {
        Samples all = Digits.read().shuffled(seed.child("split"));
        Samples upright = all.part(0, 897);
        Samples adaptation = all.part(897, 1197).with(Digits::rotated);
        Samples validation = all.part(1197, 1397).with(Digits::rotated);
        Samples test = all.part(1397, 1797);
        Map<String, Tensor> base = pretrained(upright, seed, size);
        int steps = size.of(STEPS, 40);
        BatchSource batches = adaptation.batches(32, seed.child("batches"));
        return arm -> {
            Contender contender = Contender.named(arm.method(), contenders);
            double rate = Knob.RATE.of(arm);
            Params params = contender.onto(MODEL, Params.of(base), TARGETS, seed);
            Task task = Task.of(MODEL, params, batches, new CrossEntropy(0));
            Trace trace = Trace.of(contender.training(task, rate, steps), settings(rate, steps));
            var values = new HashMap<String, Double>();
            values.put(TEST.key(), accuracy(params, test.with(Digits::rotated)));
            values.put(VALIDATION.key(), accuracy(params, validation));
            values.put(UPRIGHT.key(), accuracy(params, test));
            if (drift != null) {
                values.putAll(trace.diverged() ? drift.unknown() : drift.of(TARGETS, base, params));
            }
            values.replaceAll((key, value) -> trace.unlessDiverged(value));
            values.put(EARLY.key(), trace.mean(0, steps / 2));
            values.put(FINAL.key(), trace.mean(steps - steps / 10, steps));
            values.put(GRADIENT.key(), trace.firstGradient());
            values.put(COUNT.key(), Contender.count(params));
            return new Measurement(values, Map.of(LOSS, trace.curve(steps)));
        };
    }

    private static TrainConfig settings(double rate, int steps) {
        return TrainConfig.of("""
                max_steps: %d
                lr: %s
                weight_decay: 0
                schedule: constant
                warmup: 0
                clip: null
                precision: float32
                """.formatted(steps, rate));
    }

    private static Map<String, Tensor> pretrained(Samples upright, Seed seed, Size size) {
        var classifier = new WeighedClassifier(MODEL);
        return classifier.trained(
                classifier.fresh(seed.child("base")),
                upright.batches(32, seed.child("pretraining")),
                settings(1e-3, size.of(600, 300)));
    }

    private static double accuracy(Params params, Samples images) {
        return images.judge(MODEL, params, new CrossEntropy(0)).metric("accuracy");
    }
}
