package org.counterweight.train;

import static org.counterweight.engine.Tensors.scalar;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import org.bytedeco.pytorch.Generator;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;
import org.counterweight.model.Batch;
import org.counterweight.model.Params;
import org.counterweight.model.Pass;
import org.counterweight.train.event.Moment;
import org.counterweight.train.objective.LengthNorm;
import org.counterweight.train.objective.Objective;
import org.counterweight.train.objective.Regularizer;
import org.counterweight.train.optimize.Gradients;
import org.counterweight.train.optimize.Optimizer;
import org.counterweight.train.schedule.WarmUp;
import org.counterweight.train.state.Remembering;
import org.counterweight.train.state.TrainingException;
import org.counterweight.train.weigh.Rows;
import org.counterweight.train.weigh.WeightSpread;

/**
 * One optimizer step: forward, weigh, backward for each batch; then penalties, clipping, the events' turn, and the rule.
 *
 * <p>A step's random numbers come from a generator made of the seed and the number of the step, so there is no state of a
 * generator to save, and a second forward pass drops the same inputs.
 */
final class Stepper {
    private final Task task;
    private final Params computed;
    private final TrainConfig config;
    private final Map<String, Tensor> trainables;
    private final Optimizer optimizer;
    private final WarmUp schedule;
    private final Seed dropout;
    private final Map<String, Tensor> ofTaps;

    /** @param computed the task's parameters in the precision of the run */
    Stepper(
            Task task,
            Params computed,
            TrainConfig config,
            Map<String, Tensor> trainables,
            Optimizer optimizer,
            WarmUp schedule) {
        this.task = task;
        this.computed = computed;
        this.config = config;
        this.trainables = trainables;
        this.optimizer = optimizer;
        this.schedule = schedule;
        this.dropout = new Seed(config.seed()).child("dropout");
        this.ofTaps = task.params().statistics();
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
        Sums sums = new Sums();
        List<Tensor> together = config.weighed() == TrainConfig.Together.STEP && batches.size() > 1
                ? weighedTogether(batches, moment)
                : List.of();
        for (int k = 0; k < batches.size(); k++) {
            add(sums, batches.get(k), moment, k, batches.size(), together.isEmpty() ? null : together.get(k));
        }
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

    private void add(
            Sums sums, Batch batch, Moment moment, int k, int of, @org.jspecify.annotations.Nullable Tensor given) {
        forget(sums.statistics);
        Objective.Losses losses = forward(batch, moment, k, (name, value) -> remember(sums.statistics, name, value));
        Tensor weights = given != null
                ? given
                : weights(new Rows(losses.perRow().detach(), losses.units(), batch, moment.step()));
        Tensor factors = given != null ? given : config.lengthNorm().factors(weights, losses.units());
        Tensor loss = losses.perRow().mul(factors).sum();
        double value = loss.item_double();
        if (!Double.isFinite(value)) {
            Batch rest = withoutDropped(batch, losses, weights, moment.step());
            add(sums, rest, moment, k, of, given == null ? null : given.masked_select(finite(losses)));
            return;
        }
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
        boolean averaged = given == null && of > 1;
        double share = averaged ? share(losses.units()) : 1;
        (averaged ? loss.mul(scalar(share)) : loss).backward();
        sums.loss += value * share;
        sums.share += share;
        sums.rows += batch.rows();
        sums.units += losses.units().sum().item_long();
        sums.losses.add(losses.perRow().detach());
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

    /** @param statistics is told the running statistics that normalisations would have moved */
    private Objective.Losses forward(Batch batch, Moment moment, int k, BiConsumer<String, Tensor> statistics) {
        Generator random = dropout.child(moment.step()).child(k).generator(computed.device());
        Pass pass = Pass.training(random).reporting(statistics);
        return task.objective().losses(task.model(), computed, batch, pass, moment);
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
                Objective.Losses found = forward(batches.get(k), moment, k, (name, value) -> {});
                losses.add(found.perRow());
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

    private static Tensor finite(Objective.Losses losses) {
        return losses.perRow().detach().isfinite();
    }

    /**
     * The batch without the rows whose loss is not finite, if the weigher gave them no weight: even with weight 0 they
     * would make every gradient NaN, for 0 · ∞ is NaN.
     */
    private static Batch withoutDropped(Batch batch, Objective.Losses losses, Tensor weights, long step) {
        Tensor finite = finite(losses);
        Tensor kept = finite.nonzero().flatten();
        double weightOfOthers =
                weights.masked_select(finite.logical_not()).abs().sum().item_double();
        if (kept.numel() == 0 || kept.numel() == batch.rows() || weightOfOthers != 0) {
            throw new TrainingException("step " + (step + 1) + ": the loss is not finite; rows "
                    + rowNumbers(batch, finite) + "; a lower learning rate may help, or look at these rows");
        }
        return batch.rows(kept);
    }

    private static String rowNumbers(Batch batch, Tensor finite) {
        Tensor places = finite.logical_not().nonzero().flatten();
        Tensor row = batch.find(Batch.ROW);
        long[] numbers = Tensors.toLongs(row == null ? places : row.index_select(0, places));
        String all = java.util.Arrays.stream(numbers)
                .limit(8)
                .mapToObj(String::valueOf)
                .collect(java.util.stream.Collectors.joining(", "));
        return all
                + (numbers.length > 8 ? " and " + (numbers.length - 8) + " more" : "")
                + (row == null ? " of the batch" : " of the data");
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
