package org.counterweight.merge.update.fisher;

import java.util.List;
import org.counterweight.config.Setting;

/** Settings of {@link DiagonalFisher}. */
public record FisherConfig(
        @Setting(
                value = "Whose label: the model's own prediction, every label by its probability, or the true one",
                defaultsTo = "\"predicted\"",
                oneOf = {"predicted", "full", "true"})
        Labels labels,

        @Setting(
                value = "Divide by the mean over all parameters, or by the number of instances",
                defaultsTo = "\"mean_one\"",
                oneOf = {"mean_one", "per_instance"})
        Scale scale,

        @Setting(value = "Classes that the model does not know, left out of full", defaultsTo = "[]")
        List<Integer> newLabelIds) {

    /** Whose label an instance has. */
    public enum Labels {
        /** The model's most probable one: the paper's runs. */
        PREDICTED,
        /** All of them, by the model's probability: the exact diagonal. */
        FULL,
        /** The gold label: the empirical Fisher information. */
        TRUE
    }

    /** What the sums are divided by. */
    public enum Scale {
        MEAN_ONE,
        PER_INSTANCE
    }

    public FisherConfig {
        newLabelIds = List.copyOf(newLabelIds);
    }
}
