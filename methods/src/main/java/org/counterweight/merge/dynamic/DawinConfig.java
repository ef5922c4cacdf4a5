package org.counterweight.merge.dynamic;

import java.util.List;
import org.counterweight.config.Checks;
import org.counterweight.config.ConfigException;
import org.counterweight.config.Example;
import org.counterweight.config.Setting;

/** Settings of {@link Dawin}, under the names of the official script where it has one. */
@Example(where = "a command", value = "./cw dawin MODEL OTHER --input rows.jsonl --output OUT")
public record DawinConfig(
        @Setting(
                value = "What a model's say rests on",
                defaultsTo = "\"negexp_ent_ratio\"",
                oneOf = {
                    "negexp_ent_ratio",
                    "negexp_loss_ratio",
                    "expconf_ratio",
                    "expconfdiff_ratio",
                    "maxlogit_ratio",
                    "selective_entropy",
                    "selective_loss"
                })
        Expertise expertise,

        @Setting(value = "Pull the coefficients towards the domain's share of entropy", defaultsTo = "true")
        boolean offsetAdjustment,

        @Setting(
                value = "Number of merged models; 0 for one a sample",
                defaultsTo = "3",
                range = "at least 0; up to the number of samples, 3 is usual")
        int bmmNcluster,

        @Setting(
                value =
                        "Labels for the losses: 0 true ones, 1 and 3 from both models, 2 and 4 from the half-way model; 1 and"
                                + " 2 soft, 3 and 4 hard",
                defaultsTo = "0",
                range = "0 to 4")
        int pseudoLabel,

        @Setting(value = "All coefficients are multiplied by this; 0 for no", defaultsTo = "0.0", range = "[0, 1]")
        double wiseAlpha,

        @Setting(
                value = "Temperature of each model's probabilities",
                defaultsTo = "[1.0, 1.0]",
                range = "each above 0; one for each of the two models")
        List<Double> temperatures,

        @Setting(
                value =
                        "The classes that the data has, where it has some only: all answers are over these, in this order;"
                                + " [] for all",
                defaultsTo = "[]",
                range = "each at least 0; two or more different ones, or none")
        List<Integer> classes,

        @Setting(value = "Trial starts of the mixture", defaultsTo = "3", range = "at least 1")
        int numInit,

        @Setting(value = "Rounds of the mixture at most", defaultsTo = "1000", range = "at least 1")
        int maxIter,

        @Setting(value = "The mixture stops when its bound moves less", defaultsTo = "0.0001", range = "above 0")
        double tol) {

    /** What a model's say rests on. */
    public enum Expertise {
        /** exp(−entropy), as a ratio. */
        NEGEXP_ENT_RATIO,
        /** exp(−cross-entropy), as a ratio; with true labels an oracle. */
        NEGEXP_LOSS_RATIO,
        /** exp(highest probability), as a ratio. */
        EXPCONF_RATIO,
        /** exp(highest − second highest probability), as a ratio. */
        EXPCONFDIFF_RATIO,
        /** Highest logit, as a ratio. */
        MAXLOGIT_RATIO,
        /** All to the model of lower entropy. */
        SELECTIVE_ENTROPY,
        /** All to the model of lower cross-entropy. */
        SELECTIVE_LOSS;

        /** Whether it needs labels, true or pseudo ones. */
        public boolean usesLosses() {
            return this == NEGEXP_LOSS_RATIO || this == SELECTIVE_LOSS;
        }
    }

    public DawinConfig {
        Checks.ranges(
                DawinConfig.class,
                "dawin",
                bmmNcluster,
                pseudoLabel,
                wiseAlpha,
                temperatures,
                classes,
                numInit,
                maxIter,
                tol);
        temperatures = List.copyOf(temperatures);
        if (temperatures.size() != 2) {
            throw new ConfigException("dawin.temperatures", temperatures, "two numbers, one for each model");
        }
        classes = List.copyOf(classes);
        boolean each = classes.stream().distinct().count() == classes.size();
        if (classes.size() == 1 || !each) {
            throw new ConfigException("dawin.classes", classes, "two or more different class numbers, or [] for all");
        }
    }

    /** The same with another number of merged models. */
    DawinConfig withClusters(int k) {
        return new DawinConfig(
                expertise, offsetAdjustment, k, pseudoLabel, wiseAlpha, temperatures, classes, numInit, maxIter, tol);
    }
}
