package org.counterweight.merge.stock;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Tensors;
import org.counterweight.merge.stock.PeriodicStockConfig.OptimizerState;
import org.counterweight.weights.WeightsException;

/**
 * Model Stock during training, the paper's main recipe: replicas of one model are trained with different seeds and merged
 * every few steps, always against the weights that all of them started from; each goes on from the merged weights.
 *
 * <p>D.-H. Jang, S. Yun, D. Han, "Model Stock", ECCV 2024: "periodic merging". The replicas take turns, so only one is computing at
 * a time. Evaluate merged weights only: between merges each replica is just itself.
 */
public final class PeriodicStock {
    /** One of the replicas: a training run that is told when to step. */
    public interface Replica {
        /** Its weights, which training moves in place; after a merge they hold the merged values. */
        Map<String, Tensor> weights();

        /**
         * One optimizer step.
         *
         * @param step counted over the whole run, so that learning-rate schedules are not set back by a merge
         */
        void step(long step);

        /** Forgets the optimizer's moments. */
        void resetOptimizer();
    }

    private final PeriodicStockConfig config;
    private final Map<String, Tensor> anchor;
    private final List<? extends Replica> replicas;
    private final Set<String> statistics;

    /** Of weights alone. */
    public PeriodicStock(PeriodicStockConfig config, Map<String, Tensor> anchor, List<? extends Replica> replicas) {
        this(config, anchor, replicas, Set.of());
    }

    /**
     * @param anchor w_0, which must not be any replica's own tensors: it stays as it is for the whole run
     * @param statistics those of its tensors that the data moves, by name: figures of the activations, averaged plainly
     */
    public PeriodicStock(
            PeriodicStockConfig config,
            Map<String, Tensor> anchor,
            List<? extends Replica> replicas,
            Set<String> statistics) {
        if (replicas.size() != config.replicas()) {
            throw new IllegalArgumentException(
                    config.replicas() + " replicas are set, " + replicas.size() + " were given");
        }
        this.config = config;
        this.anchor = Collections.unmodifiableMap(new LinkedHashMap<>(anchor)); // in the order of the model
        this.replicas = List.copyOf(replicas);
        this.statistics = Set.copyOf(statistics);
        for (Replica replica : replicas) {
            replica.weights().forEach((name, tensor) -> {
                Tensor original = anchor.get(name);
                if (original != null && original.data_ptr().equals(tensor.data_ptr())) {
                    throw new WeightsException(name + ": a replica trains the anchor's own tensor; give it a copy");
                }
            });
        }
    }

    /**
     * Trains for that many steps; the last is followed by a merge, whether or not its period is full.
     *
     * @param epoch the steps of one epoch, for a period of 0
     * @return the ratios of each merge, in order
     */
    public List<StockRatios> train(long steps, long epoch) {
        long period = config.period() == 0 ? epoch : config.period();
        if (period < 1) {
            throw new IllegalArgumentException("the period is " + period + " steps; expected at least 1");
        }
        var merges = new ArrayList<StockRatios>();
        for (long from = 0; from < steps; from += period) {
            long to = Math.min(steps, from + period);
            for (Replica replica : replicas) {
                for (long step = from; step < to; step++) {
                    replica.step(step);
                }
            }
            merges.add(merge());
        }
        return merges;
    }

    /** Merges now: every replica's tensors take the merged values, in place. */
    public StockRatios merge() {
        List<Map<String, Tensor>> weights =
                replicas.stream().map(Replica::weights).toList();
        StockRatios ratios;
        try (var off = Tensors.noGrad()) {
            ratios = StockRatios.fit(config.merge(), anchor, weights, statistics::contains);
            try (var scope = Scope.open()) {
                Map<String, Tensor> merged = ratios.merge(anchor, weights);
                weights.forEach(replica -> replica.forEach((name, tensor) -> tensor.copy_(merged.get(name))));
            }
        }
        if (config.optimizerState() == OptimizerState.RESET) {
            replicas.forEach(Replica::resetOptimizer);
        }
        return ratios;
    }
}
