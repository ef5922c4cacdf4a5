package org.counterweight.train;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.config.Checks;
import org.counterweight.config.ConfigException;
import org.counterweight.config.Configs;
import org.counterweight.config.Setting;
import org.counterweight.data.BatchSource;
import org.counterweight.data.Batching;
import org.counterweight.data.Dataset;
import org.counterweight.engine.Seed;
import org.counterweight.model.Precision;
import org.counterweight.train.average.AverageConfig;
import org.counterweight.train.measure.Evaluation;
import org.counterweight.train.measure.MetricConfig;
import org.counterweight.train.objective.LengthNorm;
import org.counterweight.train.optimize.GroupConfig;
import org.counterweight.train.optimize.Optimizer;
import org.counterweight.train.optimize.OptimizerConfig;
import org.counterweight.train.optimize.Rates;
import org.counterweight.train.sample.SamplerConfig;
import org.counterweight.train.schedule.Schedule;
import org.jspecify.annotations.Nullable;

/** Settings of a training run. */
public record TrainConfig(
        @Setting(value = "Passes over the data", defaultsTo = "3", range = "at least 1")
        int epochs,

        @Setting(
                value = "Steps to take, whatever the epochs say; null to count epochs",
                defaultsTo = "null",
                range = "at least 1")
        @Nullable
        Long maxSteps,

        @Setting(value = "Rows in a batch", defaultsTo = "32", range = "at least 1")
        int batchSize,

        @Setting(value = "Batches whose gradients are added up before a step", defaultsTo = "1", range = "at least 1")
        int accumulation,

        @Setting(value = "Learning rate", defaultsTo = "1e-3", range = "above 0; 1e-4 to 1e-2 is usual for adapters")
        double lr,

        @Setting(value = "Weight decay", defaultsTo = "0.01", range = "at least 0")
        double weightDecay,

        @Setting(value = "Let biases and norms decay too", defaultsTo = "false")
        boolean decayAll,

        @Setting(value = "Which rule moves the parameters", defaultsTo = "{}")
        OptimizerConfig optimizer,

        @Setting(value = "Parameters with a rate or decay of their own; the first match counts", defaultsTo = "[]")
        List<GroupConfig> groups,

        @Setting(value = "How the learning rate changes after the warm-up", defaultsTo = "\"cosine\"")
        Schedule schedule,

        @Setting(
                value = "Steps in which the learning rate rises from 0; below 1 a share of all steps",
                defaultsTo = "0.05",
                range = "at least 0; a share below 1, or a number of steps")
        double warmup,

        @Setting(
                value = "Which rows an epoch has; null for each once. class_balanced draws classes first, then their"
                        + " rows",
                defaultsTo = "null")
        @Nullable
        SamplerConfig sampler,

        @Setting(
                value = "What is evaluated and kept in place of the last weights: a mean over the steps; null for the"
                        + " last weights, ema for an exponential moving average",
                defaultsTo = "null")
        @Nullable
        AverageConfig average,

        @Setting(value = "Largest norm of the gradient; null for no limit", defaultsTo = "1.0", range = "above 0")
        @Nullable
        Double clip,

        @Setting(
                value = "Whether a row's length counts in the loss: plain (no) or token (in proportion)",
                defaultsTo = "\"plain\"",
                oneOf = {"plain", "token"})
        LengthNorm lengthNorm,

        @Setting(
                value = "Rows that are weighed together: those of a batch, or of a whole step of accumulated batches"
                        + " (costs a second forward pass)",
                defaultsTo = "\"batch\"",
                oneOf = {"batch", "step"})
        Together weighed,

        @Setting(
                value =
                        "Type of linear modules' products; bf16 with trained weights too, which stay float32 themselves;"
                                + " bf16_frozen with frozen ones alone; auto is that where the hardware multiplies it",
                defaultsTo = "\"auto\"",
                oneOf = {"auto", "float32", "bf16", "bf16_frozen"})
        Precision precision,

        @Setting(value = "Seed of every random number", defaultsTo = "0")
        long seed,

        @Setting(value = "Steps between evaluations; null for one an epoch", defaultsTo = "null", range = "at least 1")
        @Nullable
        Long evalEvery,

        @Setting(
                value = "What evaluations measure in addition: balanced_accuracy, or {kind: shot_accuracy} for"
                        + " many_shot, medium_shot and few_shot",
                defaultsTo = "[]")
        List<MetricConfig> metrics,

        @Setting(
                value = "The evaluation's figure by which the best weights are chosen",
                defaultsTo = "\"loss\"",
                range = "loss, perplexity, accuracy, macro_f1, micro_f1, exact_match, rmse, pearson, spearman,"
                        + " entity_f1, entity_precision, entity_recall, word_accuracy, or a figure of metrics")
        String bestBy,

        @Setting(
                value = "Evaluations without a new best after which training stops; 0 for never",
                defaultsTo = "0",
                range = "at least 0")
        int patience,

        @Setting(value = "Whether the run ends with the best weights instead of the last", defaultsTo = "true")
        boolean keepBest,

        @Setting(
                value = "Steps between checkpoints; 0 for one only when interrupted",
                defaultsTo = "0",
                range = "at least 0")
        long checkpointEvery) {

    /** Which rows are weighed together when batches are accumulated. */
    public enum Together {
        BATCH,
        STEP
    }

    public TrainConfig {
        Checks.ranges(
                TrainConfig.class,
                "train",
                epochs,
                maxSteps,
                batchSize,
                accumulation,
                lr,
                weightDecay,
                warmup,
                clip,
                evalEvery,
                patience,
                checkpointEvery);
        metrics = List.copyOf(metrics);
        if (!Evaluation.METRICS.contains(bestBy) && !figures(metrics).contains(bestBy)) {
            var known = new ArrayList<>(Evaluation.METRICS);
            known.addAll(figures(metrics));
            throw new ConfigException(
                    "train.best_by", bestBy, "one of " + String.join(", ", known) + ", or a figure of train.metrics");
        }
        groups = List.copyOf(groups);
    }

    private static List<String> figures(List<MetricConfig> metrics) {
        return metrics.stream().flatMap(metric -> metric.figures().stream()).toList();
    }

    /** The figures that {@link #metrics} add to an evaluation. */
    public List<String> figures() {
        return figures(metrics);
    }

    /** Whether a larger figure of {@link #bestBy} is better. */
    public boolean largerIsBetter() {
        return metrics.stream()
                .filter(metric -> metric.figures().contains(bestBy))
                .findFirst()
                .map(metric -> metric.largerIsBetter(bestBy))
                .orElseGet(() -> Evaluation.largerIsBetter(bestBy));
    }

    /** The same run with other random numbers. */
    public TrainConfig withSeed(long other) {
        return with(other, groups, weightDecay);
    }

    /** With these groups behind its own, which count first. */
    public TrainConfig withGroups(List<GroupConfig> more) {
        var all = new ArrayList<>(groups);
        all.addAll(more);
        return with(seed, all, weightDecay);
    }

    /** The same run with another weight decay. */
    public TrainConfig withWeightDecay(double other) {
        return with(seed, groups, other);
    }

    private TrainConfig with(long otherSeed, List<GroupConfig> otherGroups, double otherDecay) {
        return new TrainConfig(
                epochs,
                maxSteps,
                batchSize,
                accumulation,
                lr,
                otherDecay,
                decayAll,
                optimizer,
                otherGroups,
                schedule,
                warmup,
                sampler,
                average,
                clip,
                lengthNorm,
                weighed,
                precision,
                otherSeed,
                evalEvery,
                metrics,
                bestBy,
                patience,
                keepBest,
                checkpointEvery);
    }

    /** The defaults with the settings of {@code yaml} in their place, such as {@code epochs: 1}. */
    public static TrainConfig of(String yaml) {
        return Configs.bind(
                yaml.isBlank() ? Configs.JSON.createObjectNode() : Configs.yaml(yaml, "train"),
                TrainConfig.class,
                "train");
    }

    /** The batches of these rows, as {@link #sampler} chooses them: without one, each row once an epoch. */
    public BatchSource batches(Dataset rows, Seed order) {
        Batching batching = Batching.of(batchSize);
        return sampler == null
                ? BatchSource.shuffled(rows, batching, order)
                : sampler.create(rows, batching, order).over(rows);
    }

    /** How many rows are weighed together at most: those of a batch, or of a step. */
    public int rowsTogether() {
        return weighed == Together.STEP ? Math.multiplyExact(batchSize, accumulation) : batchSize;
    }

    /** How many steps a run over {@code batches} batches an epoch takes. */
    public long steps(int batches) {
        return maxSteps != null ? maxSteps : Math.multiplyExact((long) epochs, stepsPerEpoch(batches));
    }

    /** How many steps an epoch takes; its last may have fewer batches than {@link #accumulation}. */
    public long stepsPerEpoch(int batches) {
        return (batches + accumulation - 1) / accumulation;
    }

    /** Which learning rate and weight decay each parameter has. */
    public Rates rates() {
        return new Rates(lr, weightDecay, decayAll, groups);
    }

    /**
     * The optimizer for these trainables.
     *
     * @throws ConfigException if there is nothing to train, or a group matches nothing
     */
    public Optimizer optimizer(Map<String, Tensor> trainables) {
        return rates().optimizer(optimizer.rule(), trainables);
    }
}
