package org.counterweight.merge.stock;

import org.counterweight.config.ConfigException;
import org.counterweight.config.Setting;

/** Settings of {@link PeriodicStock}, and of {@link ModelStockTraining} around it. */
public record PeriodicStockConfig(
        @Setting(value = "Number of replicas that are trained side by side", defaultsTo = "2", range = "at least 2")
        int replicas,

        @Setting(
                value = "Steps between two merges; the steps of one epoch if 0",
                defaultsTo = "0",
                range = "at least 0")
        long period,

        @Setting(
                value = "What happens to each replica's optimizer state at a merge",
                defaultsTo = "\"keep\"",
                oneOf = {"keep", "reset"})
        OptimizerState optimizerState,

        @Setting(
                value =
                        "Measure the running statistics of batch normalisation anew after the last merge, in one pass over"
                                + " the training data; they are averaged otherwise",
                defaultsTo = "false")
        boolean recalibrateBn,

        @Setting(value = "How the replicas are merged", defaultsTo = "{}")
        ModelStockConfig merge) {

    /** What happens to the moments at a merge. */
    public enum OptimizerState {
        KEEP,
        RESET
    }

    public PeriodicStockConfig {
        if (replicas < 2) {
            throw new ConfigException("stock.replicas", replicas, "an integer of at least 2");
        }
        if (period < 0) {
            throw new ConfigException("stock.period", period, "an integer of at least 0 (0: once an epoch)");
        }
    }

    /**
     * Refuses to judge weights that are not merged.
     *
     * @param every steps between two evaluations
     * @param merged steps between two merges
     */
    public void checkEvaluations(long every, long merged) {
        if (every % merged != 0) {
            throw new ConfigException(
                    "stock.period",
                    period,
                    "a divisor of the " + every + " steps between evaluations: only merged weights are worth judging");
        }
    }
}
