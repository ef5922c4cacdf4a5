package org.counterweight.shift.fairness.batch;

import static org.counterweight.engine.Tensors.linear;
import static org.counterweight.engine.Tensors.longs;
import static org.counterweight.engine.Tensors.times;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.counterweight.config.ConfigException;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;
import org.counterweight.shift.fairness.Cells;
import org.counterweight.train.optimize.Adam;
import org.counterweight.train.optimize.Gradients;
import org.counterweight.train.optimize.Optimizer;

/**
 * A logistic regression trained by FairBatch: before each epoch the present losses move a share, and the epoch's batches have
 * rows of the cells in the shares that result. Pr(y = 1 | x) = sigmoid(2 (w x + b)), as in the official code.
 *
 * @param weight {@code [1, d]}
 * @param bias {@code [1]}
 * @param trace the shares of each epoch
 */
public record FairTraining(Tensor weight, Tensor bias, List<BatchShares> trace) {
    /** Where an epoch's batches come from: its number and how many rows of each cell a batch has. */
    @FunctionalInterface
    public interface Plan {
        List<int[]> batches(int epoch, FairBatches batches);
    }

    /** The settings of a training. */
    public record Settings(FairBatchConfig fairbatch, int batchSize, double lr, int epochs) {
        public Settings {
            if (batchSize < 4) {
                throw new ConfigException("batch_size", batchSize, "an integer of at least 4: a row of each cell");
            }
            if (!(lr > 0)) {
                throw new ConfigException("lr", lr, "a number above 0 (0.0005 is usual)");
            }
            if (epochs < 1) {
                throw new ConfigException("epochs", epochs, "an integer of at least 1");
            }
        }
    }

    /** What stands at the start: weights of normal(0, 0.2), bias 0. */
    public static Map<String, Tensor> start(long width, Seed seed) {
        Tensor weight = torch.zeros(new long[] {1, width}, Tensors.options(torch.ScalarType.Double))
                .normal_(0, 0.2, Tensors.optional(seed.child("weight").generator()));
        return Map.of("weight", weight, "bias", torch.zeros(new long[] {1}, weight.options()));
    }

    /** Trains on rows that are shuffled by a seed. */
    public static FairTraining run(Tensor x, Cells cells, Map<String, Tensor> start, Settings settings, Seed seed) {
        return run(x, cells, start, settings, (epoch, batches) -> {
            Seed own = seed.child("epochs").child(epoch);
            if (settings.fairbatch.targetFairness() == FairTarget.ORIGINAL) {
                return FairBatches.plain(cells.size(), settings.batchSize, batches.count(), own);
            }
            return settings.fairbatch.replacement() ? batches.independent(cells, own) : batches.epoch(cells, own);
        });
    }

    /**
     * Trains on planned batches.
     *
     * @param x {@code [n, d]}
     * @param start {@code weight} {@code [1, d]} and {@code bias} {@code [1]}; not changed
     */
    public static FairTraining run(Tensor x, Cells cells, Map<String, Tensor> start, Settings settings, Plan plan) {
        int count = cells.size() / settings.batchSize;
        if (count == 0) {
            throw new ConfigException(
                    "batch_size", settings.batchSize, "at most the " + cells.size() + " rows there are");
        }
        try (var scope = Scope.open()) {
            var parameters = new LinkedHashMap<String, Tensor>();
            start.forEach((name, tensor) ->
                    parameters.put(name, tensor.detach().clone().requires_grad_(true)));
            Tensor weight = Objects.requireNonNull(parameters.get("weight"), "weight");
            Tensor bias = Objects.requireNonNull(parameters.get("bias"), "bias");
            Tensor sign = cells.spread(1, 1, -1, -1).to(x.scalar_type());
            var trace = new ArrayList<BatchShares>();
            BatchShares shares = BatchShares.initial(cells.shares());
            try (var optimizer = Optimizer.of(new Adam(0.9, 0.999, 1e-8, false), parameters, settings.lr, 0)) {
                for (int epoch = 0; epoch < settings.epochs; epoch++) {
                    CellLosses losses = losses(x, weight, bias, cells);
                    FairBatchConfig fair = settings.fairbatch;
                    shares = shares.next(fair.targetFairness(), losses, fair.alpha(), fair.knob());
                    trace.add(shares);
                    int[] sizes = shares.sizes(fair.targetFairness(), cells.counts(), settings.batchSize);
                    for (int[] rows : plan.batches(epoch, new FairBatches(sizes, count, fair.wrap()))) {
                        try (var step = Scope.open()) {
                            loss(x, sign, weight, bias, rows).backward();
                            optimizer.step(1);
                            Gradients.clear(parameters.values());
                        }
                    }
                }
            }
            return new FairTraining(scope.keep(weight.detach()), scope.keep(bias.detach()), List.copyOf(trace));
        }
    }

    private static CellLosses losses(Tensor x, Tensor weight, Tensor bias, Cells cells) {
        try (var scope = Scope.open();
                var off = Tensors.noGrad()) {
            return CellLosses.ofLogits(linear(x, weight, bias).squeeze(1), cells);
        }
    }

    /** The mean cross-entropy of some rows. */
    public static Tensor loss(Tensor x, Tensor sign, Tensor weight, Tensor bias, int[] rows) {
        Tensor index = longs(Arrays.stream(rows).asLongStream().toArray());
        Tensor logits = linear(x.index_select(0, index), weight, bias).squeeze(1);
        return torch.softplus(times(logits.mul(sign.index_select(0, index)), -2))
                .mean();
    }

    /** Logits of rows, {@code [n]}; above 0 is y = 1. */
    public Tensor logits(Tensor x) {
        return linear(x, weight, bias).squeeze(1);
    }
}
