package org.counterweight.studies.reparametrize;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.catalogue.Choice;
import org.counterweight.data.BatchSource;
import org.counterweight.data.Batching;
import org.counterweight.data.text.Documents;
import org.counterweight.data.text.LanguageModelling;
import org.counterweight.datasets.Fetcher;
import org.counterweight.datasets.Holdings;
import org.counterweight.engine.Seed;
import org.counterweight.model.Model;
import org.counterweight.model.Params;
import org.counterweight.model.part.Head;
import org.counterweight.model.part.Recurrence;
import org.counterweight.model.zoo.decoder.Recurrent;
import org.counterweight.reparametrize.Reparametrization;
import org.counterweight.studies.bed.Trace;
import org.counterweight.studies.bed.classifier.WeighedClassifier;
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
import org.counterweight.train.TrainingListener;
import org.counterweight.train.event.Moment;
import org.counterweight.train.event.TrainingEvents;
import org.counterweight.train.measure.Evaluator;
import org.counterweight.train.objective.TokenCrossEntropy;
import org.counterweight.train.part.Run;

/**
 * Weight Normalization of a recurrent network that learns to write, letter by letter.
 *
 * @param novels a document a chapter
 */
public record WeightNormRecurrentStudy(Supplier<List<String>> novels) implements Study {
    private static final int BLOCK = 48;
    private static final int STEPS = 240;
    private static final int EVERY = 30;
    private static final double CHOSEN = 3e-3;

    private static final String PLAIN = "plain";
    private static final String NORMALISED = "weight norm";
    private static final String CELLS = "weight norm of the recurrence alone";
    private static final RateSweep SWEEP =
            new RateSweep(List.of(PLAIN, NORMALISED, CELLS), List.of(1e-3, 3e-3, 1e-2, 3e-2), CHOSEN);

    private static final Map<String, Choice<Reparametrization>> METHODS = Map.of(
            NORMALISED, Trained.method("weight_norm", "{}"),
            CELLS, Trained.method("weight_norm", "{targets: [rnn]}"));

    private static final Metric VALIDATION = Metric.lower("validation", "loss on rows to choose by", 3);
    private static final Metric TEST = Metric.lower("test", "test loss", 3);
    private static final Metric HALFWAY = Metric.lower("halfway", "the same after half the steps", 3);
    private static final String CURVE = "loss";

    private static final Model MODEL =
            new Recurrent(Recurrence.LSTM, LanguageModelling.BYTE_VOCABULARY, 64, 128, 1, 0, -1, Head.LANGUAGE, 0);

    /** The novels of Jane Austen, fetched when the study runs. */
    public static WeightNormRecurrentStudy onHoldings() {
        return new WeightNormRecurrentStudy(
                () -> Documents.read(Fetcher.ofUser(step -> {}).fetch(Holdings.named("janeausten"))));
    }

    @Override
    public Plan plan() {
        List<Metric> columns = List.of(TEST, HALFWAY, VALIDATION);
        return Plan.of("weight-norm-recurrent", "Weight Normalization: an LSTM that learns to write")
                .method("weight_norm")
                .paper(NormArms.PAPER)
                .says("Splitting weights into length and direction makes training faster than plain weights, also where"
                        + " batch normalisation does not fit, as in recurrent networks.")
                .data(
                        "The novels of Jane Austen in blocks of 48 bytes; a fifth of the chapters is held out, drawn anew for"
                                + " each seed: 256 of their blocks to choose the rate by, 512 others to test on.")
                .setup(
                        "LSTM of 128 cells over embeddings of 64, PyTorch's start for every arm; a pretrained or drawn weight"
                                + " keeps its value, and the start from the data leaves recurrent weights alone, so that there is"
                                + " none. Adam, 240 steps of 16 rows, constant rate, clipping at 1, float32. Losses in nats a byte.")
                .arms(SWEEP.arms())
                .seeds(3)
                .tunedBy(VALIDATION)
                .claim(
                        "At 0.003, normalised weights have the lower test loss",
                        new Rule.Wins(TEST, SWEEP.at(NORMALISED), SWEEP.at(PLAIN), 0.8))
                .claim("also after half the steps", new Rule.Wins(HALFWAY, SWEEP.at(NORMALISED), SWEEP.at(PLAIN), 0.8))
                .claim(
                        "also with the rate chosen for each",
                        new Rule.Wins(TEST, Pick.tuned(NORMALISED), Pick.tuned(PLAIN), 0.8))
                .claim(
                        "It is more robust to the rate: at 0.03, its test loss is lower",
                        new Rule.Wins(TEST, Knob.RATE.at(NORMALISED, 3e-2), Knob.RATE.at(PLAIN, 3e-2), 0.8))
                .claim(
                        "Normalising the recurrence alone does as well, within 0.02 nats at 0.003",
                        new Rule.Near(TEST, SWEEP.at(CELLS), SWEEP.at(NORMALISED), 0.02))
                .table("At 0.003", SWEEP.atFixed(), columns)
                .table("Each at its best rate, by the rows to choose by", SWEEP.tuned(), columns)
                .figure(new Figure.Curves(
                        "loss",
                        "Loss on the rows to choose by, at 0.003",
                        CURVE,
                        "step",
                        "nats a byte",
                        EVERY,
                        false,
                        SWEEP.atFixed()))
                .figure(SWEEP.figure("rates", "Test loss against the rate", TEST))
                .limit("240 steps of a network of 150,000 parameters: nothing is said of where training ends.")
                .limit("Layer normalisation, the usual one of recurrent networks, is not among the arms.")
                .done();
    }

    @Override
    public Trial prepare(Seed seed, Size size) {
        LanguageModelling.HeldOut parts = LanguageModelling.holdOut(novels.get(), 0.2, seed.child("split"));
        LanguageModelling held = LanguageModelling.bytes(parts.test(), BLOCK);
        int[] order = seed.child("rows").permutation(held.size());
        int chosen = Math.min(size.of(256, 4), order.length / 2);
        int all = Math.min(chosen + size.of(512, 8), order.length);
        Evaluator choosing = on(held, Arrays.copyOf(order, chosen));
        Evaluator testing = on(held, Arrays.copyOfRange(order, chosen, all));
        BatchSource data = BatchSource.shuffled(
                LanguageModelling.bytes(parts.train(), BLOCK), new Batching(16, 1), seed.child("order"));
        Map<String, Tensor> start = MODEL.initialize(seed.child("weights").generator());
        return arm -> run(arm, start, data, choosing, testing, size.of(STEPS, 2 * EVERY));
    }

    private static Evaluator on(LanguageModelling rows, int... some) {
        return Evaluator.of(BatchSource.of(List.of(rows.batch(some))), TokenCrossEntropy.CAUSAL, List.of());
    }

    private static Measurement run(
            Arm arm, Map<String, Tensor> start, BatchSource data, Evaluator choosing, Evaluator testing, int steps) {
        Choice<Reparametrization> method = METHODS.get(arm.method());
        Params plain = Params.of(WeighedClassifier.moving(start));
        Params params = method == null ? plain : method.settings().attach(MODEL, plain);
        double[] curve = new double[steps / EVERY + 1];
        Arrays.fill(curve, Double.NaN); // behind the end of a run that diverged
        var values = new LinkedHashMap<String, Double>();
        values.put(HALFWAY.key(), Double.NaN);
        curve[0] = choosing.evaluate(MODEL, params).loss();
        var watch = new TrainingEvents() {
            @Override
            public void afterStep(Moment moment) {
                int taken = (int) moment.step() + 1;
                if (taken % EVERY == 0) {
                    curve[taken / EVERY] = choosing.evaluate(MODEL, params).loss();
                }
                if (taken == steps / 2) {
                    values.put(HALFWAY.key(), testing.evaluate(MODEL, params).loss());
                }
            }
        };
        TrainConfig config = TrainConfig.of("{max_steps: " + steps + ", lr: " + Knob.RATE.of(arm)
                + ", optimizer: {name: adam}, schedule: constant, warmup: 0, weight_decay: 0.0, precision: float32}");
        Run plainRun = new Run(
                Task.of(MODEL, params, data, TokenCrossEntropy.CAUSAL).with(watch),
                config,
                i -> data,
                new TrainingListener() {});
        Run run = method == null ? plainRun : method.settings().join(plainRun);
        Trace trace = Trace.of(run.task(), run.config());
        values.put(VALIDATION.key(), choosing.evaluate(MODEL, params).loss());
        values.put(TEST.key(), testing.evaluate(MODEL, params).loss());
        values.replaceAll((key, loss) -> trace.unlessDiverged(loss));
        return new Measurement(values, Map.of(CURVE, curve));
    }
}
