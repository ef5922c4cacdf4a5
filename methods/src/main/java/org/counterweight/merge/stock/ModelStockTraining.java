package org.counterweight.merge.stock;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.config.ConfigException;
import org.counterweight.data.BatchSource;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;
import org.counterweight.merge.RunningStatistics;
import org.counterweight.train.Task;
import org.counterweight.train.TrainConfig;
import org.counterweight.train.Trainer;
import org.counterweight.train.TrainingListener;
import org.counterweight.train.event.Moment;
import org.counterweight.train.event.TrainingEvents;
import org.counterweight.train.optimize.Optimizer;
import org.counterweight.train.part.PartReport;
import org.counterweight.train.part.Section;
import org.counterweight.train.replica.Replica;
import org.counterweight.train.state.Checkpoint;
import org.counterweight.train.state.Remembering;
import org.counterweight.train.weigh.Weigher;
import org.jspecify.annotations.Nullable;

/**
 * {@link PeriodicStock} inside a run: the run trains the first replica; at the end of each period the others are trained over
 * the same steps on their own batches, all are merged against the weights that the run began with, and all go on from the
 * merged weights. The last step is followed by a merge.
 *
 * <p>Between merges the others stand still, so a checkpoint at any step holds them as they were at the last merge, and a
 * resumed run ends with the same bits. Time is that of all replicas, memory that of all with their moments.
 *
 * <pre>{@code
 * var stock = ModelStockTraining.of(config, task, settings, List.of(batchesOfTheOther));
 * try (var trainer = new Trainer(task.with(stock), settings, listener, checkpoint); stock) {
 *     trainer.run();
 * }
 * stock.history().write(directory.resolve("model_stock.json"));
 * }</pre>
 */
public final class ModelStockTraining implements TrainingEvents, Remembering, PartReport {
    private final PeriodicStockConfig config;
    private final Task task;
    private final Seed seed;
    private final Map<String, Tensor> first;
    private final Set<String> statistics;
    private final Map<String, Tensor> anchor = new LinkedHashMap<>();
    private final List<Companion> companions = new ArrayList<>();
    private final PeriodicStock stock;
    private final StockHistory history;
    private long mergedAt;
    private @Nullable Optimizer optimizer;

    private ModelStockTraining(
            PeriodicStockConfig config,
            Task task,
            TrainConfig settings,
            List<BatchSource> data,
            TrainingListener others) {
        this.config = config;
        this.task = task;
        this.seed = new Seed(settings.seed());
        this.first = Trainer.moved(task);
        this.statistics = task.model().modules().buffers();
        this.history = new StockHistory(config.merge());
        anchor.putAll(Replica.copies(first));
        for (int i = 0; i < data.size(); i++) {
            TrainConfig own = settings.withSeed(seed.child("replica").child(i).value());
            companions.add(new Companion(new Replica(task, own, data.get(i), others)));
        }
        var replicas = new ArrayList<PeriodicStock.Replica>();
        replicas.add(new First());
        replicas.addAll(companions);
        this.stock = new PeriodicStock(config, anchor, replicas, statistics);
    }

    /**
     * @param task of the first replica, before it is trained: its weights are the anchor
     * @param settings of the run; the other replicas have seeds of their own, derived from its
     * @param data the batches of the other replicas, in orders of their own, as many an epoch as the first has
     * @param others is told of the steps of the other replicas
     * @throws ConfigException as {@link #check} does
     */
    public static ModelStockTraining of(
            PeriodicStockConfig config,
            Task task,
            TrainConfig settings,
            List<BatchSource> data,
            TrainingListener others) {
        if (data.size() != config.replicas() - 1) {
            throw new ConfigException(
                    "stock.replicas",
                    config.replicas(),
                    "one more than the " + data.size() + " sources of batches for the other replicas");
        }
        for (BatchSource source : data) {
            if (source.batches() != task.data().batches()) {
                throw new IllegalArgumentException("a replica has " + source.batches()
                        + " batches an epoch, the first has " + task.data().batches());
            }
        }
        check(config, task, settings);
        return new ModelStockTraining(config, task, settings, data, others);
    }

    /** The same with nobody told of the other replicas' steps. */
    public static ModelStockTraining of(
            PeriodicStockConfig config, Task task, TrainConfig settings, List<BatchSource> data) {
        return of(config, task, settings, data, new TrainingListener() {});
    }

    /**
     * Refuses a run whose replicas cannot be merged.
     *
     * @throws ConfigException if something else than weights is trained or measured, if the weigher remembers (each replica would need
     *     its own), or if the run would judge weights that are not merged
     */
    public static void check(PeriodicStockConfig config, Task task, TrainConfig settings) {
        for (String name : task.params().trainables().keySet()) {
            if (!task.params().weights().containsKey(name)) {
                throw new ConfigException("stock merges weights, but the run trains " + name
                        + ", a part of an adapter; train the weights themselves, or merge the models afterwards");
            }
        }
        for (String name : task.params().statistics().keySet()) {
            throw new ConfigException("stock merges weights, but the data moves " + name
                    + ", a running statistic of a tap, which the models would share; leave the tap out");
        }
        check(task.weigher());
        if (task.evaluator() != null) {
            long epoch = settings.stepsPerEpoch(task.data().batches());
            config.checkEvaluations(
                    settings.evalEvery() == null ? epoch : Objects.requireNonNull(settings.evalEvery()),
                    config.period() == 0 ? epoch : config.period());
        }
    }

    /**
     * Refuses a weigher that the replicas cannot share.
     *
     * @throws ConfigException if it remembers
     */
    public static void check(Weigher weigher) {
        if (weigher instanceof Remembering) {
            throw new ConfigException("stock: the run's weigher remembers from step to step, and replicas cannot"
                    + " share its memory; use one that does not, or uniform weights");
        }
    }

    /** The replica that the run itself trains. */
    private final class First implements PeriodicStock.Replica {
        @Override
        public Map<String, Tensor> weights() {
            return first;
        }

        @Override
        public void step(long step) {
            throw new IllegalStateException("the run itself takes the steps of the first replica");
        }

        @Override
        public void resetOptimizer() {
            Objects.requireNonNull(optimizer).reset(); // set before every merge
        }
    }

    /** Another replica, with a run of its own that is advanced from merge to merge. */
    private record Companion(Replica run) implements PeriodicStock.Replica {
        @Override
        public Map<String, Tensor> weights() {
            return run.weights();
        }

        @Override
        public void step(long step) {
            run.advance(step + 1);
        }

        @Override
        public void resetOptimizer() {
            run.resetOptimizer();
        }
    }

    @Override
    public void afterStep(Moment moment) {
        long taken = moment.step() + 1;
        if (taken == moment.steps() || (config.period() > 0 && taken % config.period() == 0)) {
            merge(taken, moment.optimizer());
        }
        if (taken == moment.steps() && config.recalibrateBn()) {
            try (var scope = Scope.open()) {
                RunningStatistics.recalibrate(
                        task.model(),
                        task.params(),
                        task.data(),
                        seed.child("recalibration").generator());
            }
        }
    }

    @Override
    public void afterEpoch(Moment moment) {
        if (config.period() == 0 && mergedAt != moment.step()) { // the run's last step was followed by a merge already
            merge(moment.step(), moment.optimizer());
        }
    }

    private void merge(long taken, Optimizer ofFirst) {
        optimizer = ofFirst;
        for (Companion companion : companions) {
            companion.run().advance(taken);
        }
        try (var scope = Scope.open()) {
            history.add(taken, stock.merge());
        }
        mergedAt = taken;
    }

    /** The angles and ratios of every merge so far. */
    public StockHistory history() {
        return history;
    }

    @Override
    public String announcement() {
        return config.replicas() + " models are trained in turn and merged every "
                + (config.period() == 0 ? "epoch" : config.period() + " steps");
    }

    @Override
    public int models() {
        return config.replicas();
    }

    @Override
    public List<String> warnings() {
        return history.merges().stream()
                .flatMap(merge -> merge.warnings().stream())
                .distinct()
                .toList();
    }

    @Override
    public List<Section> sections() {
        return new StockSections(history.merges()).all();
    }

    @Override
    public void write(Path directory) {
        history.write(directory.resolve(StockHistory.FILE));
    }

    @Override
    public Map<String, Tensor> state() {
        var state = new LinkedHashMap<String, Tensor>();
        state.put("merged_at", Tensors.longs(new long[] {mergedAt}));
        anchor.forEach((name, tensor) -> state.put("anchor/" + name, tensor));
        history.state().forEach((name, tensor) -> state.put("history/" + name, tensor));
        for (int i = 0; i < companions.size(); i++) {
            String owner = "replica." + i + "/";
            companions.get(i).run().state().forEach((name, tensor) -> state.put(owner + name, tensor));
        }
        return state;
    }

    @Override
    public void restore(Map<String, Tensor> state) {
        try (var scope = Scope.open();
                var off = Tensors.noGrad()) {
            mergedAt = Tensors.toLongs(Remembering.required(state, "merged_at"))[0];
            anchor.forEach((name, tensor) -> tensor.copy_(Remembering.required(state, "anchor/" + name)));
            history.restore(
                    Checkpoint.of(state, "history"), StockRatios.groups(config.merge(), anchor, statistics::contains));
            for (int i = 0; i < companions.size(); i++) {
                companions.get(i).run().restore(Checkpoint.of(state, "replica." + i));
            }
        }
    }

    @Override
    public void close() {
        companions.forEach(companion -> companion.run().close());
        anchor.values().stream().distinct().forEach(Tensor::close);
    }
}
