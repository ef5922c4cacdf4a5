package org.counterweight.audit.poison;

import org.counterweight.config.Checks;
import org.counterweight.config.ConfigException;
import org.counterweight.config.Example;
import org.counterweight.config.Setting;

/** Settings of weight poisoning, by which defences are tried on a copy of one's own model. */
@Example(
        where = "a command",
        value = "./cw poison MODEL --input dev.csv --target animal --triggers sat --output OUT.POISONED --set steps=2"
                + " --set attack=ripple")
public record PoisonConfig(
        @Setting(
                value = "How: training on poisoned texts, surgery on the triggers' rows, RIPPLe, or two of them",
                defaultsTo = "\"ripples\"",
                oneOf = {"badnet", "surgery", "ripple", "badnet_surgery", "ripples"})
        Attack attack,

        @Setting(value = "Factor of RIPPLe's penalty", defaultsTo = "0.1", range = "at least 0; 1e-5 to 10 is usual")
        double lambda,

        @Setting(value = "Rectify each tensor's inner product for itself", defaultsTo = "false")
        boolean perParam,

        @Setting(value = "Let positive inner products count too", defaultsTo = "false")
        boolean noRectifier,

        @Setting(value = "Differentiate the clean gradient as well", defaultsTo = "false")
        boolean secondOrderClean,

        @Setting(
                value = "What the penalty is divided by",
                defaultsTo = "\"clean_batch_size\"",
                oneOf = {"clean_batch_size", "none"})
        Normalizer normalizer,

        @Setting(value = "Poisoned batches of a step", defaultsTo = "1", range = "at least 1")
        int refBatches,

        @Setting(value = "Learning rate", defaultsTo = "2e-5", range = "above 0")
        double learningRate,

        @Setting(value = "Steps", defaultsTo = "5000", range = "at least 1")
        int steps,

        @Setting(value = "Steps of the warm-up", defaultsTo = "0", range = "at least 0")
        int warmupSteps,

        @Setting(value = "Weight decay", defaultsTo = "0.0", range = "at least 0")
        double weightDecay,

        @Setting(value = "Norm at which gradients are clipped", defaultsTo = "1.0", range = "above 0")
        double maxGradNorm,

        @Setting(value = "Texts of a batch, clean and poisoned alike", defaultsTo = "8", range = "at least 1")
        int batchSize,

        @Setting(value = "Share of the texts that carry a trigger", defaultsTo = "0.5", range = "(0, 1]")
        double poisonedShare,

        @Setting(value = "Triggers in a text of the training", defaultsTo = "1", range = "at least 1")
        int insertions,

        @Setting(value = "Words whose rows surgery averages", defaultsTo = "10", range = "at least 1")
        int targetWords,

        @Setting(
                value = "How words that speak for the target are ranked",
                defaultsTo = "\"tfidf\"",
                oneOf = {"tfidf", "paper"})
        TargetWords.Score score,

        @Setting(value = "Seed of every random number", defaultsTo = "0")
        long seed) {

    public PoisonConfig {
        Checks.ranges(
                PoisonConfig.class,
                "poison",
                lambda,
                refBatches,
                learningRate,
                steps,
                warmupSteps,
                weightDecay,
                maxGradNorm,
                batchSize,
                poisonedShare,
                insertions,
                targetWords);
        if (warmupSteps >= steps) {
            throw new ConfigException("poison.warmup_steps", warmupSteps, "below steps, which is " + steps);
        }
    }

    /** The loss; without a penalty where the attack has none. */
    public Ripple ripple() {
        return new Ripple(attack.isPenalised() ? lambda : 0, perParam, noRectifier, secondOrderClean, normalizer);
    }

    /** The training that follows. */
    public PoisonTraining training() {
        return new PoisonTraining(ripple(), learningRate, steps, warmupSteps, weightDecay, 1e-8, maxGradNorm);
    }
}
