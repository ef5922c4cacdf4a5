package org.counterweight.fewgen.classify;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.data.LabelledDataset;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;
import org.counterweight.model.Batch;
import org.counterweight.train.state.Checkpoint;
import org.counterweight.train.state.Remembering;
import org.counterweight.train.state.TrainingException;
import org.jspecify.annotations.Nullable;

/**
 * A classifier learns from texts that a model wrote: interval by interval it says what it believes of all of them, these beliefs
 * are averaged, and it learns from those that agree with their label and are sure, without leaving the average far behind.
 *
 * <p>Not thread-safe. It owns what it remembers, not the learner.
 */
public final class SyntheticLearning implements Remembering, AutoCloseable {
    private final LabelledDataset texts;
    private final @Nullable LabelledDataset dev;
    private final LearnConfig config;
    private final Seed order;
    private final Tensor labels;
    private final long[] learnt;
    private TemporalEnsemble ensemble;
    private Unused unused;
    private long[] selectedByClass = {};

    /** @param dev rows to choose the best weights by; null keeps the last */
    public SyntheticLearning(LabelledDataset texts, @Nullable LabelledDataset dev, LearnConfig config, Seed order) {
        this.texts = texts;
        this.dev = dev;
        this.config = config;
        this.order = order;
        this.learnt = new long[texts.size()];
        try (var scope = Scope.open()) {
            long[] all =
                    IntStream.range(0, texts.size()).mapToLong(texts::label).toArray();
            labels = Scope.own(Tensors.longs(all));
            Tensor like = Tensors.zeros(texts.size(), texts.labelNames().size());
            ensemble = owned(TemporalEnsemble.start(config.momentum(), like));
            unused = new Unused(Scope.own(Unused.all(texts.size()).left()));
        }
    }

    private static TemporalEnsemble owned(TemporalEnsemble ensemble) {
        return new TemporalEnsemble(ensemble.momentum(), Scope.own(ensemble.sum()), ensemble.rounds());
    }

    /** Goes on to the learner's last step, or until it is stopped; whether it came to its end. */
    public boolean run(Learner learner, LearningListener listener) {
        var loss = new ConsistencyLoss(config.labelSmoothing(), config.regWeight());
        while (learner.taken() < learner.steps()) {
            try (var scope = Scope.open()) {
                interval(learner, loss, listener);
            }
            double figure = dev == null ? Double.NaN : learner.accuracy(dev);
            learner.judge(dev == null ? learner.taken() : figure);
            listener.judged(learner.taken(), figure, both(learner));
            if (listener.stops() && learner.taken() < learner.steps()) {
                return false;
            }
        }
        return true;
    }

    private void interval(Learner learner, ConsistencyLoss loss, LearningListener listener) {
        long number = ensemble.rounds();
        replace(ensemble.with(learner.probabilities(texts)));
        Tensor average = ensemble.average();
        Tensor selected = config.selection().of(average, labels);
        selectedByClass = Tensors.toLongs(
                Selection.counts(selected, labels, texts.labelNames().size()));
        Unused.Interval taken = unused.take(selected, (long) config.every() * config.batchSize());
        replace(taken.after());
        long[] places = Tensors.toLongs(taken.places());
        if (places.length == 0) {
            throw new TrainingException("step " + (learner.taken() + 1) + ": of no written text the averaged classifier"
                    + " believes its label with more than learn.threshold: " + config.threshold()
                    + "; take a lower one, or more steps on the few examples");
        }
        int[] shuffled = order.child(number).permutation(places.length);
        for (int from = 0; from < places.length && learner.taken() < learner.steps(); from += config.batchSize()) {
            int[] rows = IntStream.range(from, Math.min(places.length, from + config.batchSize()))
                    .map(i -> Math.toIntExact(places[shuffled[i]]))
                    .toArray();
            try (var scope = Scope.open()) {
                Batch batch = texts.batch(rows);
                Tensor before = average.index_select(0, batch.get(Batch.ROW));
                double value = learner.step(loss, batch, before);
                Arrays.stream(rows).forEach(row -> learnt[row]++);
                listener.stepped(learner.taken(), learner.steps(), value);
            }
        }
    }

    private void replace(TemporalEnsemble next) {
        Tensor old = ensemble.sum();
        ensemble = owned(next);
        old.close();
    }

    private void replace(Unused next) {
        Tensor old = unused.left();
        unused = new Unused(Scope.own(next.left()));
        old.close();
    }

    /** How often each text was learnt from. */
    public long[] learnt() {
        return learnt.clone();
    }

    /** How many texts of each class the last interval could choose from; none before the first. */
    public long[] selected() {
        return selectedByClass.clone();
    }

    /** What the averaged classifier believes, {@code [texts, classes]}. */
    public Tensor beliefs() {
        return ensemble.average();
    }

    private Remembering both(Learner learner) {
        return new Remembering() {
            @Override
            public Map<String, Tensor> state() {
                var all = new LinkedHashMap<String, Tensor>(SyntheticLearning.this.state());
                learner.state().forEach((name, tensor) -> all.put("learner/" + name, tensor));
                return all;
            }

            @Override
            public void restore(Map<String, Tensor> state) {
                SyntheticLearning.this.restore(state, learner);
            }
        };
    }

    /** Takes up what was saved at a judgement, the learner's too. */
    public void restore(Map<String, Tensor> state, Learner learner) {
        restore(state);
        learner.restore(Checkpoint.of(state, "learner"));
    }

    @Override
    public Map<String, Tensor> state() {
        var state = new LinkedHashMap<String, Tensor>();
        state.put("sum", ensemble.sum());
        state.put("rounds", Tensors.longs(new long[] {ensemble.rounds()}));
        state.put("left", unused.left().to(ScalarType.Long));
        state.put("learnt", Tensors.longs(learnt));
        state.put("selected", Tensors.longs(selectedByClass));
        return state;
    }

    @Override
    public void restore(Map<String, Tensor> state) {
        try (var scope = Scope.open()) {
            long rounds = Tensors.toLongs(Remembering.required(state, "rounds"))[0];
            replace(new TemporalEnsemble(
                    config.momentum(), Remembering.required(state, "sum").clone(), rounds));
            replace(new Unused(Remembering.required(state, "left").to(ScalarType.Bool)));
            long[] before = Tensors.toLongs(Remembering.required(state, "learnt"));
            System.arraycopy(before, 0, learnt, 0, learnt.length);
            selectedByClass = Tensors.toLongs(Remembering.required(state, "selected"));
        }
    }

    @Override
    public void close() {
        ensemble.sum().close();
        unused.left().close();
        labels.close();
    }
}
