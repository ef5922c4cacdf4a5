package org.counterweight.fewgen;

import org.counterweight.config.Checks;
import org.counterweight.config.Setting;

/** How the prefixes of a generator are tuned: {@link MetaSettings}, and what of texts and steps. */
public record TuneConfig(
        @Setting(value = "Passes over the few examples", defaultsTo = "20", range = "at least 1")
        int epochs,

        @Setting(value = "Examples of a step", defaultsTo = "2", range = "at least 1")
        int batchSize,

        @Setting(value = "Learning rate of prefixes", defaultsTo = "0.005", range = "at least 0")
        double lr,

        @Setting(value = "Whether tokens are weighed; if not, all count the same", defaultsTo = "true")
        boolean metaWeight,

        @Setting(
                value = "Rate of the step through which the weights learn",
                defaultsTo = "0.02",
                range = "at least 0; 0 teaches them nothing")
        double metaLr,

        @Setting(value = "Learning rate of the weight network", defaultsTo = "0.01", range = "at least 0")
        double weightNetLr,

        @Setting(
                value = "L2 decay of the weight network; 0 with small models, whose gradients are smaller than"
                        + " the decay's",
                defaultsTo = "0.0001",
                range = "at least 0")
        double weightNetDecay,

        @Setting(value = "Width of the weight network", defaultsTo = "100", range = "at least 1")
        int weightNetWidth,

        @Setting(
                value = "What of a token is compared between labels: its log probability, or its logit as in"
                        + " the official code",
                defaultsTo = "\"logprob\"",
                oneOf = {"logprob", "logit"})
        DiscSpace discSpace,

        @Setting(
                value = "What telling labels apart counts as a term of the loss itself, a baseline that costs"
                        + " fluency; 0 for none",
                defaultsTo = "0.0",
                range = "at least 0")
        double discWeight,

        @Setting(
                value = "Whether the inner step is that of the official code: rows of the output stay, their"
                        + " bias moves",
                defaultsTo = "false")
        boolean referenceQuirks,

        @Setting(value = "Most that the norm of all gradients may be", defaultsTo = "1.0", range = "above 0")
        double maxGradNorm,

        @Setting(value = "Dropout on prefixes", defaultsTo = "0.1", range = "[0, 1)")
        double dropout,

        @Setting(value = "Tokens of an example at most; its tail is cut", defaultsTo = "128", range = "at least 2")
        int maxLength,

        @Setting(value = "Tokens of a pair's first sentence at most", defaultsTo = "100", range = "at least 1")
        int firstLimit) {

    public TuneConfig {
        Checks.ranges(
                TuneConfig.class,
                "tune",
                epochs,
                batchSize,
                lr,
                metaLr,
                weightNetLr,
                weightNetDecay,
                weightNetWidth,
                discWeight,
                maxGradNorm,
                dropout,
                maxLength,
                firstLimit);
    }

    /** As the arithmetic takes it. */
    public MetaSettings settings(long steps) {
        return new MetaSettings(
                discSpace,
                referenceQuirks,
                metaWeight,
                metaLr,
                weightNetLr,
                weightNetDecay,
                lr,
                maxGradNorm,
                1e-8,
                steps,
                discWeight);
    }
}
