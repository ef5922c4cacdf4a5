package org.counterweight.train;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Tensors;
import org.counterweight.model.Batch;
import org.counterweight.model.Params;
import org.counterweight.train.event.Moment;
import org.counterweight.train.group.Call;
import org.counterweight.train.group.Exchange;
import org.counterweight.train.group.ProcessGroup;
import org.counterweight.train.optimize.Gradients;
import org.counterweight.train.optimize.Optimizer;
import org.counterweight.train.optimize.Sgd;
import org.jspecify.annotations.Nullable;

/**
 * A process that trains with others and is not their first: it computes the losses and gradients of its rows, as the
 * {@link Trainer} of the first calls for them. Batches, weights and factors come from there; it needs no data, and remembers
 * nothing.
 *
 * <pre>{@code
 * try (var follower = new Follower(task, config, group)) {
 *     follower.run();
 * }
 * }</pre>
 */
public final class Follower implements AutoCloseable {
    private final Task task;
    private final ProcessGroup group;
    private final Map<String, Tensor> trainables;
    private final Collection<Tensor> moved;
    private final Map<String, Tensor> copies = new LinkedHashMap<>();
    private final Optimizer resting;
    private final OwnRows own;
    private OwnRows.@Nullable Losses losses;

    /**
     * @param task with the model, the parameters and the objective of the first process's; its frozen weights must be the same
     * @param config the first process's
     * @throws org.counterweight.config.ConfigException if the task cannot be shared
     */
    public Follower(Task task, TrainConfig config, ProcessGroup group) {
        Divisible.check(task, group);
        this.task = task;
        this.group = group;
        this.trainables = task.params().trainables();
        this.moved = Trainer.moved(task).values();
        this.resting = Optimizer.of(new Sgd(0, false), trainables, 0, 0); // the first moves what is trained
        Params computed = Divisible.computed(task, config, copies);
        this.own = new OwnRows(task, computed, config, group);
    }

    /**
     * Computes what it is called for, until it is told that it is over.
     *
     * @throws org.counterweight.train.group.LostProcessException if the first is lost
     */
    public void run() {
        boolean goesOn = true;
        while (goesOn) {
            try (var scope = Scope.open()) {
                goesOn = step();
            }
        }
    }

    /** All calls of one step, whose tensors live as long; false at the end. */
    private boolean step() {
        while (true) {
            Call call = Call.receive(group);
            switch (call.kind()) {
                case STEP -> {
                    Gradients.clear(trainables.values());
                    Exchange.broadcast(group, moved);
                }
                case LOOK -> {
                    try (var off = Tensors.noGrad()) {
                        compute(call);
                    }
                }
                case LOSSES -> losses = compute(call);
                case BACKWARD -> goBack(call.batch());
                case GRADIENTS -> {
                    losses = null;
                    Exchange.sumGradients(group, trainables.values());
                    return true;
                }
                case END -> {
                    return false;
                }
            }
        }
    }

    private OwnRows.Losses compute(Call call) {
        var moment =
                new Moment(task.params(), trainables, call.step(), call.steps(), call.epoch(), call.rate(), resting);
        return own.losses(call.batch(), moment, call.place(), (name, value) -> {});
    }

    private void goBack(Batch batch) {
        if (losses == null) {
            throw new IllegalStateException("the first process goes back through losses that it has not called for");
        }
        if (losses.own() != null) {
            Tensor factors = Tensors.as(batch.get(Call.FACTORS), losses.own().perRow());
            losses.weighed(factors).backward();
        }
    }

    @Override
    public void close() {
        resting.close();
        copies.values().forEach(Tensor::close);
    }
}
