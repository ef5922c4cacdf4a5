package org.counterweight.merge.stock;

import java.util.List;
import java.util.stream.IntStream;
import org.counterweight.config.Checks;
import org.counterweight.config.ConfigException;
import org.counterweight.config.Setting;
import org.counterweight.data.BatchSource;
import org.counterweight.train.TrainConfig;
import org.counterweight.train.part.Plan;
import org.counterweight.train.part.Run;
import org.counterweight.train.part.RunPart;

/** Settings of {@link PeriodicStock}, and of {@link ModelStockTraining} around it. */
public record PeriodicStockConfig(
        @Setting(value = "Number of replicas that are trained side by side", defaultsTo = "2", range = "at least 2")
        int replicas,

        @Setting(
                value = "Steps between two merges; the steps of one epoch if 0",
                defaultsTo = "0",
                range = "at least 0; 0 is once an epoch")
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
        ModelStockConfig merge)
        implements RunPart {

    /** What happens to the moments at a merge. */
    public enum OptimizerState {
        KEEP,
        RESET
    }

    public PeriodicStockConfig {
        Checks.ranges(PeriodicStockConfig.class, "stock", replicas, period);
    }

    @Override
    public Run join(Run run) {
        List<BatchSource> others =
                IntStream.range(1, replicas).mapToObj(run.orders()).toList();
        return run.with(run.task().with(ModelStockTraining.of(this, run.task(), run.config(), others, run.beside())));
    }

    @Override
    public void check(Plan plan) {
        if (plan.adapter() != null) {
            throw new ConfigException("stock merges weights, but an adapter of " + plan.adapter()
                    + " trains parts beside them; leave adapter out, or take bitfit, norms or full");
        }
        TrainConfig config = plan.config();
        if (config.average() != null) {
            throw new ConfigException("train.average does not go with stock: the merges of Model Stock are averages of"
                    + " their own; leave one of them out");
        }
        if (plan.weigher() != null) {
            ModelStockTraining.check(plan.weigher());
        }
        if (period > 0 && config.evalEvery() != null) {
            checkEvaluations(config.evalEvery(), period);
        }
    }

    @Override
    public void check(Run run) {
        ModelStockTraining.check(this, run.task(), run.config());
    }

    @Override
    public String undivided() {
        return "trains several models in turn, of which the processes would share the steps of one alone";
    }

    @Override
    public List<String> files() {
        return List.of(StockHistory.FILE);
    }

    @Override
    public String method() {
        return "model_stock";
    }

    @Override
    public String does() {
        return "merged by Model Stock as it went";
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
