package org.counterweight.edit.baseline;

import org.counterweight.config.Checks;
import org.counterweight.config.ConfigException;
import org.counterweight.config.Setting;
import org.counterweight.edit.KeyToken;
import org.jspecify.annotations.Nullable;

/** Settings of a {@link Baseline}; defaults are those of GRACE's official code. */
public record BaselineConfig(
        @Setting(
                value = "What corrects the model",
                oneOf = {"ft", "ft_ewc", "ft_retrain", "defer", "memory"},
                example = "\"ft\"")
        Baseline method,

        @Setting(
                value = "The layer that is trained or wrapped, a point of the model or the ending of one name",
                example = "\"encoder.layer.0.output\"")
        String layer,

        @Setting(
                value = "Steps of an edit at most: it ends as soon as the answer is right",
                defaultsTo = "100",
                range = "at least 1")
        int nIter,

        @Setting(
                value = "Learning rate, by Adam; null for 1e-2, of defer and memory 1e-1",
                defaultsTo = "null",
                range = "above 0")
        @Nullable
        Double editLr,

        @Setting(value = "Of ft_ewc: strength of the spring", defaultsTo = "0.1", range = "at least 0")
        double ewcLambda,

        @Setting(value = "Of ft_ewc: newest edits that make it stiff", defaultsTo = "10", range = "at least 1")
        int fisherMemory,

        @Setting(value = "Of ft_retrain: edits between two rounds", defaultsTo = "50", range = "at least 1")
        int retrainEvery,

        @Setting(value = "Of ft_retrain: passes of a round", defaultsTo = "5", range = "at least 1")
        int retrainPasses,

        @Setting(value = "Of defer: the gate is open from here on", defaultsTo = "0.5", range = "(0, 1]")
        double threshold,

        @Setting(value = "Of memory: learned values", defaultsTo = "100", range = "at least 1")
        int memories,

        @Setting(
                value = "Of defer and memory: which token is asked by",
                defaultsTo = "\"last_non_pad\"",
                oneOf = {"last", "last_non_pad", "cls", "mean"})
        KeyToken keyToken,

        @Setting(value = "Where random numbers come from", defaultsTo = "0")
        long seed) {

    private static final double OF_THE_LAYER = 1e-2;
    private static final double OF_ITS_OWN = 1e-1;

    public BaselineConfig {
        Checks.ranges(
                BaselineConfig.class,
                "baseline",
                nIter,
                editLr,
                ewcLambda,
                fisherMemory,
                retrainEvery,
                retrainPasses,
                threshold,
                memories);
        if (layer.isBlank()) {
            throw new ConfigException("baseline.layer", layer, "the name of a layer");
        }
    }

    /** The learning rate that is in effect. */
    double rate() {
        return editLr != null ? editLr : method.tunesTheLayer() ? OF_THE_LAYER : OF_ITS_OWN;
    }
}
