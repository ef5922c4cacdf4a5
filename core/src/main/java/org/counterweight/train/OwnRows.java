package org.counterweight.train;

import java.util.Map;
import java.util.function.BiConsumer;
import org.bytedeco.pytorch.Generator;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;
import org.counterweight.model.Batch;
import org.counterweight.model.Params;
import org.counterweight.model.Pass;
import org.counterweight.train.event.Moment;
import org.counterweight.train.group.ProcessGroup;
import org.counterweight.train.objective.Objective;
import org.counterweight.train.state.TrainingException;
import org.jspecify.annotations.Nullable;

/**
 * What one process computes of a batch: the losses of its part of the rows, joined with those of the others.
 *
 * @param computed the task's parameters in the precision of the run
 */
record OwnRows(Task task, Params computed, TrainConfig config, ProcessGroup group) {
    /**
     * The losses of a batch's rows.
     *
     * @param own of this process's rows, with gradient; null where it has none
     * @param from where its rows begin
     * @param all {@code [M]}, without gradient
     * @param units {@code int64 [M]}: how many predictions each is the mean of
     */
    record Losses(Objective.@Nullable Losses own, long from, Tensor all, Tensor units) {
        /** The sum of this process's losses, each times its factor; of those of the whole batch. */
        Tensor weighed(Tensor factors) {
            if (own == null) {
                throw new IllegalStateException("no row of the batch is this process's");
            }
            Tensor losses = own.perRow();
            return losses.mul(Tensors.slice(factors, 0, from, from + losses.size(0)))
                    .sum();
        }

        /** What belongs to no row. */
        @Nullable
        Tensor term() {
            return own == null ? null : own.term();
        }
    }

    /**
     * Computes this process's part, and waits for that of the others.
     *
     * @param k the place of the batch in the step
     * @param statistics is told the running statistics that normalisations would have moved
     */
    Losses losses(Batch batch, Moment moment, int k, BiConsumer<String, Tensor> statistics) {
        long rows = batch.rows();
        long from = group.from(rows);
        long to = group.to(rows);
        Batch own = group.size() == 1 ? batch : batch.slice(from, to);
        Objective.Losses losses = from == to ? null : ofOwn(own, moment, k, statistics);
        if (losses != null && group.size() == 1) {
            return new Losses(losses, 0, losses.perRow().detach(), losses.units());
        }
        if (losses != null && losses.term() != null) {
            throw new TrainingException("step " + (moment.step() + 1) + ": the objective has a term over all rows of a"
                    + " batch, which several processes cannot share; train in one");
        }
        return joined(losses, from, to, rows);
    }

    private Objective.Losses ofOwn(Batch own, Moment moment, int k, BiConsumer<String, Tensor> statistics) {
        Map<String, Tensor> rounded = config.precision().rounded(task.model(), computed);
        Pass pass = Pass.training(random(moment, k)).reporting(statistics);
        Params params = rounded.isEmpty() ? computed : computed.replacing(rounded);
        Objective.Losses losses = task.objective().losses(task.model(), params, own, pass, moment);
        rounded.values().forEach(Tensor::close); // before those of the next batch; the graph keeps what it needs
        return losses;
    }

    /** Other numbers in each process: rows that are dropped from alike would be one sample. */
    private Generator random(Moment moment, int k) {
        Seed seed =
                new Seed(config.seed()).child("dropout").child(moment.step()).child(k);
        return (group.rank() == 0 ? seed : seed.child("process").child(group.rank())).generator(computed.device());
    }

    /** Each process adds its numbers to zeros: float64 holds the losses and the counts as they are. */
    private Losses joined(Objective.@Nullable Losses own, long from, long to, long rows) {
        Tensor both = torch.zeros(new long[] {2, rows}, Tensors.options(ScalarType.Double));
        ScalarType type = ScalarType.Double;
        if (own != null) {
            type = own.perRow().scalar_type();
            Tensors.slice(both.select(0, 0), 0, from, to).copy_(own.perRow().detach());
            Tensors.slice(both.select(0, 1), 0, from, to).copy_(own.units());
        }
        group.sum(both);
        return new Losses(
                own, from, both.select(0, 0).to(type), both.select(0, 1).to(ScalarType.Long));
    }
}
