package org.counterweight.shift.fairness.batch;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.counterweight.config.ConfigException;
import org.counterweight.data.LabelledDataset;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;
import org.counterweight.model.Params;
import org.counterweight.model.Pass;
import org.counterweight.shift.fairness.Cells;
import org.counterweight.shift.fairness.judge.FairReport;
import org.counterweight.shift.fairness.judge.FairRows;
import org.counterweight.train.Task;
import org.counterweight.train.event.Moment;
import org.counterweight.train.event.TrainingEvents;
import org.counterweight.train.part.ClassRows;
import org.counterweight.train.part.PartReport;
import org.counterweight.train.part.Run;
import org.counterweight.train.part.Section;
import org.counterweight.train.sample.Sampler;
import org.counterweight.train.state.Remembering;

/**
 * FairBatch inside a run of any classifier: before an epoch the losses of all rows, or of some that stay the same, move a share;
 * the epoch's batches have rows of the cells in the shares that result. What it remembers is the shares, so that a resumed run
 * plans the same batches.
 */
final class FairBatching implements Sampler, TrainingEvents, Remembering, PartReport {
    private static final int FEWEST = 256; // rows that are asked at a time
    private static final int MOST = 512; // more would leave the processor's cache between two layers
    private static final long SHORT = 1 << 19; // bytes of those that are asked at a time

    private final FairBatchConfig config;
    private final Run run;
    private final LabelledDataset learnt;
    private final FairRows rows;
    private final FairReport report;
    private final Seed seed;
    private final int[] asked;
    private final Cells askedCells;
    private final int atATime;
    private final List<Epoch> trace = new ArrayList<>();
    private BatchShares shares;

    /** What an epoch began with: the step, the shares, and the gaps that moved them. */
    private record Epoch(double step, BatchShares shares, CellLosses losses) {
        private static final int NUMBERS = 11;

        double[] numbers() {
            double[] numbers = new double[NUMBERS];
            numbers[0] = step;
            numbers[1] = shares.positive();
            numbers[2] = shares.negative();
            System.arraycopy(losses.odds(), 0, numbers, 3, 4);
            System.arraycopy(losses.parity(), 0, numbers, 7, 4);
            return numbers;
        }

        static Epoch of(double... numbers) {
            return new Epoch(
                    numbers[0],
                    new BatchShares(numbers[1], numbers[2]),
                    new CellLosses(Arrays.copyOfRange(numbers, 3, 7), Arrays.copyOfRange(numbers, 7, 11)));
        }
    }

    private FairBatching(FairBatchConfig config, Run run, ClassRows classes, FairRows rows) {
        this.config = config;
        this.run = run;
        this.learnt = classes.learnt();
        this.rows = rows;
        this.report = new FairReport(rows, run, run.task().params());
        this.seed = new Seed(run.config().seed()).child("fairbatch");
        this.shares = BatchShares.initial(rows.cells().shares());
        this.asked = config.lambdaRows() == null || config.lambdaRows() >= learnt.size()
                ? IntStream.range(0, learnt.size()).toArray()
                : rows.cells().sample(config.lambdaRows(), seed.child("asked"));
        this.askedCells = rows.cells().select(asked);
        this.atATime = atATime();
    }

    static ClassRows check(FairBatchConfig config, Run run) {
        FairRows.of(run, "fairbatch", config.positive());
        ClassRows classes = run.classes();
        if (classes == null || classes.learnt().size() < run.config().batchSize()) {
            throw new ConfigException(
                    "train.batch_size",
                    run.config().batchSize(),
                    "at most the rows there are to learn from, with fairbatch");
        }
        return classes;
    }

    static Run joined(FairBatchConfig config, Run run) {
        ClassRows classes = check(config, run);
        var batching = new FairBatching(config, run, classes, FairRows.of(run, "fairbatch", config.positive()));
        Task given = run.task();
        Task task = new Task(
                given.model(),
                given.params(),
                classes.batches().apply(batching),
                given.objective(),
                given.weigher(),
                given.regularizers(),
                given.events(),
                given.evaluator());
        return run.with(task.with((TrainingEvents) batching));
    }

    @Override
    public int batches() {
        return learnt.size() / run.config().batchSize();
    }

    @Override
    public List<int[]> epoch(int epoch) {
        Seed own = seed.child("epochs").child(epoch);
        int size = run.config().batchSize();
        if (config.targetFairness() == FairTarget.ORIGINAL) {
            return FairBatches.plain(learnt.size(), size, batches(), own);
        }
        int[] sizes = shares.sizes(config.targetFairness(), rows.cells().counts(), size);
        var batches = new FairBatches(sizes, batches(), config.wrap());
        return config.replacement() ? batches.independent(rows.cells(), own) : batches.epoch(rows.cells(), own);
    }

    @Override
    public void beforeEpoch(Moment moment) {
        CellLosses losses = losses(moment.params());
        shares = shares.next(config.targetFairness(), losses, config.alpha(), config.knob());
        trace.add(new Epoch(moment.step(), shares, losses));
    }

    /** The losses of the rows that are asked, as the model stands. */
    private CellLosses losses(Params params) {
        try (var scope = Scope.open();
                var off = Tensors.noGrad()) {
            var margins = new ArrayList<Tensor>();
            for (int from = 0; from < asked.length; from += atATime) {
                int to = Math.min(asked.length, from + atATime);
                margins.add(margins(params, Arrays.copyOfRange(asked, from, to)));
            }
            return CellLosses.ofMargins(torch.cat(new TensorVector(margins.toArray(Tensor[]::new)), 0), askedCells);
        }
    }

    /** Many short rows at a time cost less than few: a table's, and not texts or images. */
    private int atATime() {
        try (var scope = Scope.open()) {
            int[] first = Arrays.copyOf(asked, Math.min(asked.length, FEWEST));
            long bytes = learnt.batch(first).tensors().values().stream()
                    .mapToLong(Tensor::nbytes)
                    .sum();
            return (int) Math.max(FEWEST, Math.min(MOST, SHORT * first.length / bytes));
        }
    }

    private Tensor margins(Params params, int... some) {
        try (var scope = Scope.open()) {
            var batch = learnt.batch(some).to(params.device());
            Tensor logits =
                    run.task().model().forward(params, batch, Pass.evaluation()).logits();
            return scope.keep(rows.margins(logits).cpu());
        }
    }

    @Override
    public Map<String, Tensor> state() {
        double[] numbers = trace.stream()
                .flatMapToDouble(epoch -> Arrays.stream(epoch.numbers()))
                .toArray();
        return Map.of(
                "shares",
                Tensors.doubles(new double[] {shares.positive(), shares.negative()}),
                "trace",
                Tensors.doubles(numbers, trace.size(), Epoch.NUMBERS));
    }

    @Override
    public void restore(Map<String, Tensor> state) {
        double[] saved = Tensors.toDoubles(Remembering.required(state, "shares"));
        shares = new BatchShares(saved[0], saved[1]);
        double[] numbers = Tensors.toDoubles(Remembering.required(state, "trace"));
        trace.clear();
        for (int from = 0; from < numbers.length; from += Epoch.NUMBERS) {
            trace.add(Epoch.of(Arrays.copyOfRange(numbers, from, from + Epoch.NUMBERS)));
        }
    }

    @Override
    public void atEnd() {
        report.atEnd();
    }

    @Override
    public List<String> warnings() {
        return report.warnings();
    }

    @Override
    public List<Section> sections() {
        var sections = new ArrayList<Section>();
        if (!trace.isEmpty()) {
            sections.add(new Section.Curves(
                    "Shares of the group z=1 in a batch",
                    "FairBatch moves one of them before each epoch, towards the group that fares worse.",
                    List.of(
                            curve("of rows with y=1", epoch -> epoch.shares.positive()),
                            curve("of rows with y=-1", epoch -> epoch.shares.negative()))));
            sections.add(new Section.Curves(
                    "How far apart the groups' losses are",
                    "Of " + whichRows() + ", before each epoch: the loss against the label (odds), and the loss"
                            + " against y=1 over the size of the group (parity).",
                    List.of(
                            curve("odds, y=1", epoch -> gap(epoch.losses.odds(), 0)),
                            curve("odds, y=-1", epoch -> gap(epoch.losses.odds(), 2)),
                            curve("parity, y=1", epoch -> gap(epoch.losses.parity(), 0)),
                            curve("parity, y=-1", epoch -> gap(epoch.losses.parity(), 2)))));
        }
        sections.addAll(report.sections());
        return sections;
    }

    private String whichRows() {
        return asked.length == learnt.size()
                ? "the rows to learn from"
                : String.format(
                        Locale.ROOT,
                        "%,d of the %,d rows to learn from (lambda_rows), the same each time, drawn by the shares of"
                                + " the cells",
                        asked.length,
                        learnt.size());
    }

    private static double gap(double[] losses, int one) {
        return Math.abs(losses[one] - losses[one + 1]);
    }

    private Section.Curve curve(String name, ToDoubleFunction<Epoch> value) {
        return new Section.Curve(
                name,
                trace.stream().mapToDouble(Epoch::step).toArray(),
                trace.stream().mapToDouble(value).toArray(),
                false);
    }
}
