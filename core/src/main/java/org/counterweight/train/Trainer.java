package org.counterweight.train;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.IntFunction;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.engine.Scope;
import org.counterweight.model.Batch;
import org.counterweight.model.Params;
import org.counterweight.train.average.Averaging;
import org.counterweight.train.event.Moment;
import org.counterweight.train.event.TrainingEvents;
import org.counterweight.train.group.LostProcessException;
import org.counterweight.train.group.ProcessGroup;
import org.counterweight.train.optimize.Gradients;
import org.counterweight.train.optimize.Optimizer;
import org.counterweight.train.schedule.WarmUp;
import org.counterweight.train.state.Remembering;
import org.counterweight.train.state.TrainingException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The loop: epochs of steps, evaluations, checkpoints. What a step is, is {@link Stepper}'s; what is judged
 * and what is best so far, that of {@link Evaluations} and {@link Best}; what a resumed run finds again, {@link RunState}'s.
 *
 * <pre>{@code
 * try (var trainer = new Trainer(task, config, listener, checkpoint)) {
 *     trainer.resume();              // if the run was broken off
 *     TrainingResult result = trainer.run();
 * }
 * }</pre>
 *
 * <p>A run is resumed exactly: after a kill at any time it ends with the numbers, to the last bit, that it would have ended
 * with unbroken, on the same machine with the same number of threads; where MKL takes the products, after
 * {@link org.counterweight.engine.Engine#beDeterministic} only. Not thread-safe but for {@link #stop}.
 */
public final class Trainer implements Remembering, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Trainer.class);
    private static final String WEIGHER = "weigher";

    private final Task task;
    private final @Nullable Averaging averaging;
    private final TrainConfig config;
    private final TrainingListener listener;
    private final Map<String, Tensor> trainables;
    private final Optimizer optimizer;
    private final Best best;
    private final Map<String, Tensor> copies = new LinkedHashMap<>();
    private final WarmUp schedule;
    private final Stepper stepper;
    private final Evaluations evaluations;
    private final RunState state;
    private final ProcessGroup group;
    private final AtomicBoolean stopped = new AtomicBoolean();
    private final long steps;
    private RunState.Place at = new RunState.Place(0, 0, 0);

    /**
     * A run in one process.
     *
     * @param checkpointFile where checkpoints are written, a name in {@code .safetensors}; null for none
     * @throws org.counterweight.config.ConfigException if there is nothing to train
     */
    public Trainer(Task given, TrainConfig config, TrainingListener listener, @Nullable Path checkpointFile) {
        this(given, config, listener, checkpointFile, ProcessGroup.ALONE);
    }

    /**
     * A run whose steps several processes take together: this is the first, the others are {@link Follower}s. Equal to a run in
     * one process but for the order of sums, and for what rows draw (dropout), which each process does for itself.
     *
     * @param group stays the caller's, to be closed after this
     * @throws org.counterweight.config.ConfigException if there is nothing to train, or {@link Divisible} refuses the model
     */
    public Trainer(
            Task given,
            TrainConfig config,
            TrainingListener listener,
            @Nullable Path checkpointFile,
            ProcessGroup group) {
        Divisible.check(given, group);
        this.group = group;
        this.config = config;
        this.listener = listener;
        this.trainables = given.params().trainables();
        Map<String, Tensor> moved = moved(given);
        this.averaging = config.average() == null
                ? null
                : new Averaging(config.average().create(moved), moved, Evaluations.settledAfter(given));
        this.task =
                averaging == null ? given : given.with((TrainingEvents) averaging); // after all that changes weights
        this.steps = config.steps(task.data().batches());
        this.optimizer = config.optimizer(trainables);
        this.best = new Best(
                config.bestBy(), config.largerIsBetter(), moved, config.keepBest() && task.evaluator() != null);
        this.schedule = WarmUp.of(config.schedule(), config.warmup(), steps);
        Params computed = Divisible.computed(task, config, copies);
        this.stepper = new Stepper(task, computed, config, trainables, optimizer, schedule, group);
        this.evaluations = new Evaluations(task, moved, best, listener);
        this.state = new RunState(checkpointFile, config, moved, memories(given.events()));
    }

    /** Whatever remembers, by the name under which it is saved. */
    private Map<String, Remembering> memories(List<TrainingEvents> events) {
        var memories = new LinkedHashMap<String, Remembering>();
        memories.put("optimizer", optimizer);
        memories.put("best", best);
        if (task.weigher() instanceof Remembering memory) {
            memories.put(WEIGHER, memory);
        }
        if (averaging != null) {
            memories.put("average", averaging);
        }
        for (int i = 0; i < events.size(); i++) {
            if (events.get(i) instanceof Remembering memory) {
                memories.put("event." + i, memory);
            }
        }
        return memories;
    }

    /** What training moves, by name: what is trained, and the statistics that the data moves. */
    public static Map<String, Tensor> moved(Task task) {
        Params params = task.params();
        var moved = new LinkedHashMap<>(params.trainables());
        moved.putAll(params.statistics());
        Set<String> buffers = task.model().modules().buffers();
        params.weights().forEach((name, tensor) -> {
            if (buffers.contains(name)) {
                moved.put(name, tensor); // moved by the data, not by the optimizer
            }
        });
        return Collections.unmodifiableMap(moved);
    }

    /** Ends the run after the present step, with a checkpoint; from any thread. */
    public void stop() {
        stopped.set(true);
    }

    /**
     * Takes up the run where its checkpoint left it, if there is one.
     *
     * @return whether there was
     * @throws TrainingException if the checkpoint is of a run with other settings or other trainables
     */
    public boolean resume() {
        RunState.Place found = state.read();
        if (found != null) {
            at = found;
        }
        return found != null;
    }

    /** All that a checkpoint holds, but for the settings. */
    @Override
    public Map<String, Tensor> state() {
        return state.tensors(at);
    }

    @Override
    public void restore(Map<String, Tensor> saved) {
        at = state.restore(saved);
    }

    /** Steps taken so far. */
    public long step() {
        return at.step();
    }

    private static void warn(@Nullable String remark) {
        if (remark != null) {
            LOG.warn(remark);
        }
    }

    /** Trains to the end of the plan, or until it is asked to stop, or until {@link TrainConfig#patience} is at its end. */
    public TrainingResult run() {
        warn(task.weigher().remark(config.rowsTogether()));
        warn(config.precision().remark(task.model()));
        listener.started(at.step(), steps);
        advance(steps);
        stepper.end();
        if (stopped.get()) {
            save();
            return new TrainingResult(at.step(), steps, true, null, at.step());
        }
        Gradients.clear(trainables.values());
        return evaluations.finish(at.step(), steps);
    }

    /**
     * Takes steps until this many have been taken, or until {@link #run} would end: for one who trains several models in turn.
     * The run is not over with it: nothing is put back or judged at the end.
     *
     * @param to counted from the beginning of the run
     */
    public void advance(long to) {
        long end = Math.min(to, steps);
        while (goesOn(end)) {
            int present = at.epoch(); // its batches are planned once, and those of the next anew
            if (at.batch() == 0) {
                try (var scope = Scope.open()) {
                    task.events().forEach(event -> event.beforeEpoch(moment()));
                }
            }
            IntFunction<Batch> batches = task.data().epoch(present);
            do { // a step follows what came before the epoch, so that no checkpoint lies between the two
                takeStep(batches);
            } while (at.epoch() == present && goesOn(end));
        }
    }

    private boolean goesOn(long end) {
        return at.step() < end && !stopped.get() && !isOutOfPatience();
    }

    /** Forgets what the optimizer remembers. */
    public void resetOptimizer() {
        optimizer.reset();
    }

    private boolean isOutOfPatience() {
        return config.patience() > 0 && best.evaluationsSince() >= config.patience();
    }

    private void takeStep(IntFunction<Batch> batches) {
        int end = Math.min(task.data().batches(), at.batch() + config.accumulation());
        try (var scope = Scope.open()) {
            List<Batch> some = new ArrayList<>();
            for (int i = at.batch(); i < end; i++) {
                some.add(batches.apply(i).to(task.params().device()));
            }
            Moment moment = moment();
            Map<String, Tensor> remembered = group.size() > 1 ? state.copied(WEIGHER) : Map.of();
            task.events().forEach(event -> event.beforeStep(moment, some));
            try {
                listener.stepped(stepper.take(some, moment));
            } catch (LostProcessException e) {
                state.restored(WEIGHER, remembered);
                throw state.lost(e, at, isWhole(), listener);
            }
        }
        at = new RunState.Place(at.step() + 1, at.epoch(), end);
        boolean epochEnds = end == task.data().batches();
        if (epochEnds) {
            try (var scope = Scope.open()) {
                task.events().forEach(event -> event.afterEpoch(moment()));
            }
            at = new RunState.Place(at.step(), at.epoch() + 1, 0);
        }
        long step = at.step();
        if (config.evalEvery() == null ? epochEnds || step == steps : step % config.evalEvery() == 0) {
            evaluations.evaluate(step);
        }
        if (config.checkpointEvery() > 0 && step % config.checkpointEvery() == 0) {
            save();
        }
    }

    /** An event may have moved its memory before the first step of an epoch, which the checkpoint would hold moved. */
    private boolean isWhole() {
        return at.step() > 0 && (at.batch() > 0 || task.events().stream().noneMatch(Remembering.class::isInstance));
    }

    private Moment moment() {
        double lr = config.lr() * schedule.factor(at.step(), at.epoch());
        return new Moment(task.params(), trainables, at.step(), steps, at.epoch(), lr, optimizer);
    }

    /** After how many steps an evaluation can be the best: when no event will change the form of what is trained any more. */
    public long settledAfter() {
        return Evaluations.settledAfter(task);
    }

    private void save() {
        state.write(at, listener);
    }

    @Override
    public void close() {
        optimizer.close();
        best.close();
        if (averaging != null) {
            averaging.close();
        }
        copies.values().forEach(Tensor::close);
    }
}
