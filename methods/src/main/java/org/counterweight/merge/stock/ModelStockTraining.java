package org.counterweight.merge.stock;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
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
import org.counterweight.train.Moment;
import org.counterweight.train.Task;
import org.counterweight.train.TrainConfig;
import org.counterweight.train.Trainer;
import org.counterweight.train.TrainingEvents;
import org.counterweight.train.TrainingListener;
import org.counterweight.train.optimize.Optimizer;
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
public final class ModelStockTraining implements TrainingEvents, Remembering {
    private final PeriodicStockConfig config;
    private final Task task;
    private final Seed seed;
    private final Map<String, Tensor> first;
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
        this.first = moved(task);
        this.history = new StockHistory(config.merge());
        anchor.putAll(copies(first));
        for (int i = 0; i < data.size(); i++) {
            companions.add(new Companion(
                    task, settings.withSeed(seed.child("replica").child(i).value()), data.get(i), others));
        }
        var replicas = new ArrayList<PeriodicStock.Replica>();
        replicas.add(new First());
        replicas.addAll(companions);
        this.stock = new PeriodicStock(config, anchor, replicas);
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
     * @throws ConfigException if something else than weights is trained, if the weigher remembers (each replica would need
     *     its own), or if the run would judge weights that are not merged
     */
    public static void check(PeriodicStockConfig config, Task task, TrainConfig settings) {
        for (String name : task.params().trainables().keySet()) {
            if (!task.params().weights().containsKey(name)) {
                throw new ConfigException("stock merges weights, but the run trains " + name
                        + ", a part of an adapter; train the weights themselves, or merge the models afterwards");
            }
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

    /** Trainable weights, and the running statistics of batch normalisation, which are averaged. */
    private static Map<String, Tensor> moved(Task task) {
        var moved = new LinkedHashMap<>(task.params().trainables());
        Set<String> buffers = task.model().modules().buffers();
        task.params().weights().forEach((name, tensor) -> {
            if (buffers.contains(name)) {
                moved.put(name, tensor);
            }
        });
        return Collections.unmodifiableMap(moved);
    }

    /** Copies that no scope frees; names that share a tensor share its copy. */
    private static Map<String, Tensor> copies(Map<String, Tensor> tensors) {
        var copies = new LinkedHashMap<String, Tensor>();
        var byAddress = new HashMap<Long, Tensor>();
        try (var scope = Scope.open();
                var off = Tensors.noGrad()) {
            tensors.forEach((name, tensor) -> copies.put(
                    name,
                    byAddress.computeIfAbsent(
                            tensor.data_ptr().address(),
                            address -> Scope.own(tensor.detach().clone()))));
        }
        return copies;
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
    private static final class Companion implements PeriodicStock.Replica, AutoCloseable {
        private final Map<String, Tensor> weights;
        private final Trainer trainer;

        Companion(Task task, TrainConfig settings, BatchSource data, TrainingListener listener) {
            this.weights = copies(moved(task));
            task.params()
                    .trainables()
                    .keySet()
                    .forEach(name -> Objects.requireNonNull(weights.get(name)).requires_grad_(true));
            var own = new Task(
                    task.model(),
                    task.params().replacing(weights),
                    data,
                    task.objective(),
                    task.weigher(),
                    task.regularizers(),
                    List.of(),
                    null);
            this.trainer = new Trainer(own, settings, listener, null);
        }

        @Override
        public Map<String, Tensor> weights() {
            return weights;
        }

        @Override
        public void step(long step) {
            trainer.advance(step + 1);
        }

        @Override
        public void resetOptimizer() {
            trainer.resetOptimizer();
        }

        @Override
        public void close() {
            trainer.close();
            weights.values().stream().distinct().forEach(Tensor::close);
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
            companion.trainer.advance(taken);
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
    public Map<String, Tensor> state() {
        var state = new LinkedHashMap<String, Tensor>();
        state.put("merged_at", Tensors.longs(new long[] {mergedAt}));
        anchor.forEach((name, tensor) -> state.put("anchor/" + name, tensor));
        history.state().forEach((name, tensor) -> state.put("history/" + name, tensor));
        for (int i = 0; i < companions.size(); i++) {
            String owner = "replica." + i + "/";
            companions.get(i).trainer.state().forEach((name, tensor) -> state.put(owner + name, tensor));
        }
        return state;
    }

    @Override
    public void restore(Map<String, Tensor> state) {
        try (var scope = Scope.open();
                var off = Tensors.noGrad()) {
            mergedAt = Tensors.toLongs(Remembering.required(state, "merged_at"))[0];
            anchor.forEach((name, tensor) -> tensor.copy_(Remembering.required(state, "anchor/" + name)));
            history.restore(part(state, "history/"), StockRatios.groups(config.merge(), anchor));
            for (int i = 0; i < companions.size(); i++) {
                companions.get(i).trainer.restore(part(state, "replica." + i + "/"));
            }
        }
    }

    private static Map<String, Tensor> part(Map<String, Tensor> state, String prefix) {
        var part = new LinkedHashMap<String, Tensor>();
        state.forEach((name, tensor) -> {
            if (name.startsWith(prefix)) {
                part.put(name.substring(prefix.length()), tensor);
            }
        });
        return part;
    }

    @Override
    public void close() {
        companions.forEach(Companion::close);
        anchor.values().stream().distinct().forEach(Tensor::close);
    }
}
