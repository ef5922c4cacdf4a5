package org.counterweight.edit.baseline;

import org.counterweight.config.ConfigException;
import org.counterweight.config.Setting;
import org.counterweight.edit.KeyToken;
import org.jspecify.annotations.Nullable;

/** Settings of a {@link Baseline}; defaults are those of GRACE's official code. */
public record BaselineConfig(
        @Setting(
                value = "What corrects the model",
                oneOf = {"ft", "ft_ewc", "ft_retrain", "defer", "memory"})
        Baseline method,

        @Setting(value = "The layer that is trained or wrapped, a point of the model or the ending of one name")
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
        if (layer.isBlank()) {
            throw new ConfigException("baseline.layer", layer, "the name of a layer");
        }
        atLeastOne("baseline.n_iter", nIter);
        atLeastOne("baseline.fisher_memory", fisherMemory);
        atLeastOne("baseline.retrain_every", retrainEvery);
        atLeastOne("baseline.retrain_passes", retrainPasses);
        atLeastOne("baseline.memories", memories);
        if (editLr != null && !(editLr > 0 && Double.isFinite(editLr))) {
            throw new ConfigException("baseline.edit_lr", editLr, "a finite number above 0");
        }
        if (!(ewcLambda >= 0 && Double.isFinite(ewcLambda))) {
            throw new ConfigException("baseline.ewc_lambda", ewcLambda, "a finite number of at least 0");
        }
        if (!(threshold > 0 && threshold <= 1)) {
            throw new ConfigException("baseline.threshold", threshold, "a share in (0, 1]");
        }
    }

    private static void atLeastOne(String field, int value) {
        if (value < 1) {
            throw new ConfigException(field, value, "an integer of at least 1");
        }
    }

    /** The learning rate that is in effect. */
    double rate() {
        return editLr != null ? editLr : method.tunesTheLayer() ? OF_THE_LAYER : OF_ITS_OWN;
    }
}
