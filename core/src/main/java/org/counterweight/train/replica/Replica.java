package org.counterweight.train.replica;

import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.data.BatchSource;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Tensors;
import org.counterweight.train.StepReport;
import org.counterweight.train.Task;
import org.counterweight.train.TrainConfig;
import org.counterweight.train.Trainer;
import org.counterweight.train.TrainingListener;
import org.counterweight.train.state.Remembering;

/**
 * One of several models that are trained side by side, with weights, batches, a seed and an optimizer of its own: merged from
 * time to time, clients that send what they learnt, arms of a comparison, experts whose ways are recorded. It stands still
 * until it is told to go on, and remembers all that a resumed run needs.
 *
 * <p>Not thread-safe. Its weights belong to it: {@link #close} frees them.
 */
public final class Replica implements Remembering, AutoCloseable {
    private final Map<String, Tensor> weights;
    private final Trainer trainer;
    private long rows;
    private double losses;

    /**
     * A replica that begins with copies of the task's weights.
     *
     * @param task what is trained, of weights alone; its events and its evaluator stay out, its weigher and regularizers
     *     are shared, so they must not remember
     * @param config with the replica's own seed, and the steps of all its rounds
     * @param data its own batches
     * @param listener is told of its steps
     * @throws IllegalArgumentException if a tap has running statistics, which replicas would share
     */
    public Replica(Task task, TrainConfig config, BatchSource data, TrainingListener listener) {
        if (!task.params().statistics().isEmpty()) {
            throw new IllegalArgumentException(task.params().statistics().keySet()
                    + " are running statistics of taps, which every replica would move");
        }
        this.weights = copies(Trainer.moved(task));
        task.params()
                .trainables()
                .keySet()
                .forEach(name -> Objects.requireNonNull(weights.get(name)).requires_grad_(true));
        Task own = Task.of(task.model(), task.params().replacing(weights), data, task.objective())
                .weighedBy(task.weigher());
        for (var regularizer : task.regularizers()) {
            own = own.with(regularizer);
        }
        TrainingListener counting = new TrainingListener() {
            @Override
            public void stepped(StepReport report) {
                rows += report.rows();
                losses += report.meanLoss() * report.rows();
            }
        };
        this.trainer = new Trainer(own, config, listener.and(counting), null);
    }

    /** Copies that no scope frees; names that share a tensor share its copy. */
    public static Map<String, Tensor> copies(Map<String, Tensor> tensors) {
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

    /** What it trains, and the running statistics of batch normalisation: live, to be read and to be written to. */
    public Map<String, Tensor> weights() {
        return Collections.unmodifiableMap(weights);
    }

    /** Steps taken so far. */
    public long step() {
        return trainer.step();
    }

    /** Takes steps until this many have been taken from the beginning, or its run is at its end. */
    public void advance(long to) {
        trainer.advance(to);
    }

    /**
     * Takes up given weights, trains for some steps, and returns the result.
     *
     * @param global by the names of {@link #weights}; not changed
     * @param steps at least 1
     */
    public Update round(Map<String, Tensor> global, long steps) {
        try (var scope = Scope.open();
                var off = Tensors.noGrad()) {
            weights.forEach((name, tensor) -> tensor.copy_(Remembering.required(global, name)));
        }
        long before = trainer.step();
        long rowsBefore = rows;
        double lossesBefore = losses;
        trainer.advance(before + steps);
        long seen = rows - rowsBefore;
        return new Update(weights(), trainer.step() - before, seen, (losses - lossesBefore) / seen);
    }

    /** Forgets what the optimizer remembers. */
    public void resetOptimizer() {
        trainer.resetOptimizer();
    }

    @Override
    public Map<String, Tensor> state() {
        return trainer.state();
    }

    @Override
    public void restore(Map<String, Tensor> state) {
        trainer.restore(state);
    }

    @Override
    public void close() {
        trainer.close();
        weights.values().stream().distinct().forEach(Tensor::close);
    }
}
