package org.counterweight.train;

import static org.counterweight.engine.Tensors.scalar;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Tensors;
import org.counterweight.model.Batch;
import org.counterweight.model.Params;
import org.counterweight.train.event.Moment;
import org.counterweight.train.group.Call;
import org.counterweight.train.group.Exchange;
import org.counterweight.train.group.ProcessGroup;
import org.counterweight.train.objective.LengthNorm;
import org.counterweight.train.objective.Regularizer;
import org.counterweight.train.optimize.Gradients;
import org.counterweight.train.optimize.Optimizer;
import org.counterweight.train.schedule.WarmUp;
import org.counterweight.train.state.Remembering;
import org.counterweight.train.state.TrainingException;
import org.counterweight.train.weigh.DroppedRows;
import org.counterweight.train.weigh.Rows;
import org.counterweight.train.weigh.WeightSpread;

/**
 * One optimizer step: forward, weigh, backward for each batch; then penalties, clipping, the events' turn, and the rule.
 *
 * <p>A step's random numbers come from a generator made of the seed and the number of the step, so there is no state of a
 * generator to save, and a second forward pass drops the same inputs.
 *
 * <p>Where several processes take the step, this is the first of them: it calls the others ({@link Follower}) to compute the
 * losses of their rows and the gradients of these. What it weighs are the losses of all rows.
 */
final class Stepper {
    private final Task task;
    private final TrainConfig config;
    private final Map<String, Tensor> trainables;
    private final Optimizer optimizer;
    private final WarmUp schedule;
    private final Map<String, Tensor> ofTaps;
    private final Collection<Tensor> moved;
    private final ProcessGroup group;
    private final OwnRows own;

    /**
     * @param computed the task's parameters in the precision of the run
     * @param group who takes the steps together
     */
    Stepper(
            Task task,
            Params computed,
            TrainConfig config,
            Map<String, Tensor> trainables,
            Optimizer optimizer,
            WarmUp schedule,
            ProcessGroup group) {
        this.task = task;
        this.config = config;
        this.trainables = trainables;
        this.optimizer = optimizer;
        this.schedule = schedule;
        this.ofTaps = task.params().statistics();
        this.moved = Trainer.moved(task).values();
        this.group = group;
        this.own = new OwnRows(task, computed, config, group);
    }

    /** What the batches of a step add up to. */
    private static final class Sums {
        final Map<String, Tensor> statistics = new LinkedHashMap<>();
        final List<Tensor> losses = new ArrayList<>();
        final List<Tensor> weights = new ArrayList<>();
        double loss;
        double share;
        long rows;
        long units;
    }

    /** Takes a step; the caller has opened a scope, to which everything made here belongs. */
    StepReport take(List<Batch> batches, Moment moment) {
        long started = System.nanoTime();
        long step = moment.step();
        Gradients.clear(trainables.values());
        Call call = call(moment);
        call.send(group);
        Exchange.broadcast(group, moved);
        Sums sums = new Sums();
        List<Tensor> together = config.weighed() == TrainConfig.Together.STEP && batches.size() > 1
                ? weighedTogether(batches, moment)
                : List.of();
        for (int k = 0; k < batches.size(); k++) {
            add(sums, batches.get(k), moment, k, batches.size(), together.isEmpty() ? null : together.get(k));
        }
        call.with(Call.Kind.GRADIENTS).send(group);
        Exchange.sumGradients(group, trainables.values());
        if (together.isEmpty() && batches.size() > 1 && sums.share > 0) {
            Gradients.scale(trainables.values(), 1 / sums.share);
            sums.loss /= sums.share;
        }
        double loss = sums.loss + penalize(step);
        double norm =
                Gradients.clip(trainables.values(), config.clip() == null ? Double.POSITIVE_INFINITY : config.clip());
        if (!Double.isFinite(norm)) {
            throw new TrainingException("step " + (step + 1) + ": the gradient is " + norm
                    + "; a lower learning rate or precision: float32 may help");
        }
        task.events().forEach(event -> event.afterBackward(moment));
        double factor = schedule.factor(step, moment.epoch());
        optimizer.step(factor);
        task.events().forEach(event -> event.afterStep(moment));
        return report(sums, moment, loss, norm, config.lr() * factor, started);
    }

    private static Call call(Moment moment) {
        return new Call(
                Call.Kind.STEP, 0, moment.step(), moment.steps(), moment.epoch(), moment.rate(), new Batch(Map.of()));
    }

    /** Tells the others that nothing will be asked of them any more. */
    void end() {
        Call.end().send(group);
    }

    private void add(
            Sums sums, Batch batch, Moment moment, int k, int of, @org.jspecify.annotations.Nullable Tensor given) {
        forget(sums.statistics);
        call(moment).with(Call.Kind.LOSSES, k, batch).send(group);
        OwnRows.Losses losses = own.losses(batch, moment, k, (name, value) -> remember(sums.statistics, name, value));
        Tensor weights = given != null ? given : weights(new Rows(losses.all(), losses.units(), batch, moment.step()));
        Tensor factors = given != null ? given : config.lengthNorm().factors(weights, losses.units());
        double value = losses.all().mul(factors).sum().item_double();
        if (!Double.isFinite(value)) {
            Batch rest = DroppedRows.without(batch, losses.all(), weights, moment.step());
            add(
                    sums,
                    rest,
                    moment,
                    k,
                    of,
                    given == null ? null : given.masked_select(losses.all().isfinite()));
            return;
        }
        boolean averaged = given == null && of > 1;
        double share = averaged ? share(losses.units()) : 1;
        Tensor scaled = averaged ? factors.mul(scalar(share)) : factors;
        call(moment)
                .with(Call.Kind.BACKWARD, k, new Batch(Map.of(Call.FACTORS, scaled)))
                .send(group);
        Tensor loss = losses.weighed(factors);
        if (losses.term() != null) {
            loss = loss.add(given == null ? losses.term() : losses.term().div(scalar(of)));
            value = loss.item_double();
            if (!Double.isFinite(value)) {
                throw new TrainingException("step " + (moment.step() + 1) + ": the term beside the rows' losses is not"
                        + " finite, and every row's loss is; a lower learning rate may help");
            }
        }
        moveStatistics(sums.statistics);
        forget(sums.statistics);
        (averaged ? loss.mul(scalar(share)) : loss).backward();
        sums.loss += value * share;
        sums.share += share;
        sums.rows += batch.rows();
        sums.units += losses.units().sum().item_long();
        sums.losses.add(losses.all());
        sums.weights.add(weights);
    }

    /** Keeps a moved statistic beyond the scope of the layer that tells it. */
    private static void remember(Map<String, Tensor> statistics, String name, Tensor value) {
        Tensor before = statistics.put(name, Scope.own(value));
        if (before != null) {
            before.close();
        }
    }

    private static void forget(Map<String, Tensor> statistics) {
        statistics.values().forEach(Tensor::close);
        statistics.clear();
    }

    private void moveStatistics(Map<String, Tensor> moved) {
        try (var off = Tensors.noGrad()) {
            moved.forEach((name, value) -> {
                Tensor ofTap = ofTaps.get(name);
                (ofTap == null ? Remembering.required(task.params().weights(), name) : ofTap).copy_(value);
            });
        }
    }

    /** What a batch counts for among the batches of a step: its rows, or its tokens. */
    private double share(Tensor units) {
        return (config.lengthNorm() == LengthNorm.TOKEN ? units.sum() : units.count_nonzero()).item_double();
    }

    /** The factors of each batch's rows when all rows of the step are weighed as one batch. */
    private List<Tensor> weighedTogether(List<Batch> batches, Moment moment) {
        var losses = new ArrayList<Tensor>();
        var units = new ArrayList<Tensor>();
        long[] sizes = new long[batches.size()];
        try (var off = Tensors.noGrad()) {
            for (int k = 0; k < sizes.length; k++) {
                call(moment).with(Call.Kind.LOOK, k, batches.get(k)).send(group);
                OwnRows.Losses found = own.losses(batches.get(k), moment, k, (name, value) -> {});
                losses.add(found.all());
                units.add(found.units());
                sizes[k] = batches.get(k).rows();
            }
            Tensor n = joined(units);
            Tensor weights = weights(new Rows(joined(losses), n, joinedBatch(batches), moment.step()));
            Tensor factors = config.lengthNorm().factors(weights, n);
            var parts = new ArrayList<Tensor>();
            long from = 0;
            for (long size : sizes) {
                parts.add(Tensors.slice(factors, 0, from, from + size));
                from += size;
            }
            return parts;
        }
    }

    /** The weights of these rows as shares of the batch; none where none of them has anything to predict. */
    private Tensor weights(Rows rows) {
        if (!rows.units().any().item_bool()) {
            return torch.zeros_like(rows.losses());
        }
        return task.weigher().scale().shares(task.weigher().weights(rows), rows.units());
    }

    private static Tensor joined(List<Tensor> parts) {
        return torch.cat(new TensorVector(parts.toArray(Tensor[]::new)), 0);
    }

    /**
     * The tensors that have one number a row: lengths differ between batches, and no weigher looks at tokens. Of the context
     * stays what all of them have in common.
     */
    private static Batch joinedBatch(List<Batch> batches) {
        var joined = new LinkedHashMap<String, Tensor>();
        batches.get(0).tensors().forEach((name, tensor) -> {
            if (tensor.dim() == 1) {
                joined.put(
                        name,
                        joined(batches.stream().map(batch -> batch.get(name)).toList()));
            }
        });
        var common = new LinkedHashMap<>(batches.get(0).context());
        common.entrySet()
                .removeIf(entry -> batches.stream()
                        .anyMatch(batch ->
                                !entry.getValue().equals(batch.context().get(entry.getKey()))));
        return new Batch(joined, common);
    }

    private double penalize(long step) {
        double sum = 0;
        for (Regularizer regularizer : task.regularizers()) {
            Tensor penalty = regularizer.penalty(task.params(), step);
            sum += penalty.item_double();
            penalty.backward();
        }
        return sum;
    }

    private StepReport report(Sums sums, Moment moment, double loss, double norm, double rate, long started) {
        double[] losses = Tensors.toDoubles(joined(sums.losses));
        double[] weights = Tensors.toDoubles(joined(sums.weights));
        double mean = 0;
        for (int i = 0; i < losses.length; i++) {
            mean += losses[i] / losses.length;
        }
        return new StepReport(
                moment.step() + 1,
                moment.epoch(),
                sums.rows,
                sums.units,
                loss,
                mean,
                rate,
                norm,
                (System.nanoTime() - started) * 1e-9,
                WeightSpread.of(weights, losses),
                task.weigher().figures(moment.step()));
    }
}
