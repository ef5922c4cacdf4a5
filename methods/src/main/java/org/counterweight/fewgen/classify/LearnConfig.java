package org.counterweight.fewgen.classify;

import org.counterweight.config.Checks;
import org.counterweight.config.Setting;

/** How the classifier learns: from the few examples first, then from the texts that were written. */
public record LearnConfig(
        @Setting(value = "Learning rate on the few examples", defaultsTo = "0.00001", range = "above 0")
        double fewShotLr,

        @Setting(value = "Examples of a step", defaultsTo = "4", range = "at least 1")
        int fewShotBatchSize,

        @Setting(value = "Steps on the few examples", defaultsTo = "1000", range = "at least 1")
        int fewShotSteps,

        @Setting(value = "Steps between two judgements on dev", defaultsTo = "100", range = "at least 1")
        int fewShotEvery,

        @Setting(value = "Learning rate on written texts", defaultsTo = "0.000005", range = "above 0")
        double lr,

        @Setting(value = "Written texts of a step", defaultsTo = "16", range = "at least 1")
        int batchSize,

        @Setting(value = "Steps on written texts", defaultsTo = "6000", range = "at least 1")
        int steps,

        @Setting(
                value =
                        "Steps of an interval: before each, all texts are read and selected anew; after each, the classifier is"
                                + " judged on dev",
                defaultsTo = "200",
                range = "at least 1")
        int every,

        @Setting(value = "Share of the target that is spread over all classes", defaultsTo = "0.15", range = "[0, 1)")
        double labelSmoothing,

        @Setting(
                value = "How slowly the averaged predictions move",
                defaultsTo = "0.9",
                range = "[0, 1); with 1 nothing would be learnt")
        double momentum,

        @Setting(value = "Weight of staying near the averaged predictions", defaultsTo = "20.0", range = "at least 0")
        double regWeight,

        @Setting(
                value =
                        "A text is learnt from only if the averaged prediction is its label, and surer than this; 0 for all",
                defaultsTo = "0.8",
                range = "[0, 1); 0 takes every text")
        double threshold,

        @Setting(
                value = "Of a class with fewer such texts, the surer half is learnt from too",
                defaultsTo = "16",
                range = "at least 0")
        int minPerClass,

        @Setting(value = "Share of the steps over which the rate rises", defaultsTo = "0.1", range = "[0, 1)")
        double warmUp,

        @Setting(value = "Most that the norm of all gradients may be", defaultsTo = "1.0", range = "above 0")
        double maxGradNorm) {

    public LearnConfig {
        Checks.ranges(
                LearnConfig.class,
                "learn",
                fewShotLr,
                fewShotBatchSize,
                fewShotSteps,
                fewShotEvery,
                lr,
                batchSize,
                steps,
                every,
                labelSmoothing,
                momentum,
                regWeight,
                threshold,
                minPerClass,
                warmUp,
                maxGradNorm);
    }

    Selection selection() {
        return new Selection(threshold, minPerClass);
    }
}
