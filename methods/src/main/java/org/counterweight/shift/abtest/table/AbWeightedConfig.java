package org.counterweight.shift.abtest.table;

import java.util.List;
import org.counterweight.config.Checks;
import org.counterweight.config.ConfigException;
import org.counterweight.config.Example;
import org.counterweight.config.Setting;
import org.counterweight.shift.Role;
import org.counterweight.shift.TableWeigher;
import org.counterweight.shift.TableWeigherConfig;
import org.counterweight.shift.TargetTable;
import org.counterweight.shift.abtest.ArmWeights;
import org.jspecify.annotations.Nullable;

/** Settings of {@link AbWeighted}. */
@Example(
        where = "a command",
        value = "./cw weigh ab_weighted_training log.csv --arm arm --outcome stay --set p=0.5 --output OUT")
public record AbWeightedConfig(
        @Setting(
                value = "The planned probability of the treatment",
                defaultsTo = "0.5",
                range = "(0, 1); the planned probability of the treatment")
        double p,

        @Setting(
                value = "What estimates the probability of the treatment: a small network, or a logistic regression,"
                        + " which needs no memory for the rows",
                defaultsTo = "\"network\"",
                oneOf = {"network", "logistic"})
        Kind weightModel,

        @Setting(value = "Widths of the network's layers", defaultsTo = "[64, 64]", range = "each at least 1")
        List<Integer> hidden,

        @Setting(
                value = "Learning rate of the network, with Adam",
                defaultsTo = "0.001",
                range = "(0, 0.1]; 0.001 is usual")
        double lr,

        @Setting(value = "Rows in a step of the network", defaultsTo = "128", range = "at least 1; 128 is usual")
        int batchSize,

        @Setting(value = "How often the network sees each row", defaultsTo = "5", range = "at least 1")
        int epochs,

        @Setting(
                value = "How the network starts: as if nothing told the arms apart, or with a random last layer as in"
                        + " the paper",
                defaultsTo = "\"logit_p\"",
                oneOf = {"logit_p", "random"})
        Start initBias,

        @Setting(
                value = "What the probability depends on: the features, or the outcomes too, where an arm acts on them"
                        + " directly",
                defaultsTo = "\"x\"",
                oneOf = {"x", "xy"})
        Inputs weightInputs,

        @Setting(
                value = "Divide the weights by their mean",
                defaultsTo = "\"none\"",
                oneOf = {"none", "self"})
        Normalization normalize,

        @Setting(
                value = "Lowest and highest probability before division, [lo, hi]; null for no limits",
                defaultsTo = "null",
                range = "0 <= lo < hi <= 1")
        @Nullable
        List<Double> weightClip,

        @Setting(value = "Ridge of the logistic regression", defaultsTo = "0.0001", range = "at least 0")
        double ridge,

        @Setting(
                value = "Share of the rows held out to judge the probabilities by",
                defaultsTo = "0.1",
                range = "[0, 0.5]")
        double holdout,

        @Setting(value = "Confidence level of the intervals", defaultsTo = "0.95", range = "(0, 1); 0.95 is usual")
        double confidence,

        @Setting(
                value = "A split less likely than this under p withholds the verdict",
                defaultsTo = "0.001",
                range = "[0, 1)")
        double mismatchLevel)
        implements TableWeigherConfig {
    /** Kinds of weight models. */
    public enum Kind {
        NETWORK,
        LOGISTIC
    }

    /** How a network starts. */
    public enum Start {
        LOGIT_P,
        RANDOM
    }

    /** What a weight model sees. */
    public enum Inputs {
        X,
        XY
    }

    /** What weights are divided by. */
    public enum Normalization {
        NONE,
        SELF
    }

    public AbWeightedConfig {
        Checks.ranges(
                AbWeightedConfig.class,
                "ab_weighted_training",
                p,
                hidden,
                lr,
                batchSize,
                epochs,
                ridge,
                holdout,
                confidence,
                mismatchLevel);
        hidden = List.copyOf(hidden);
        if (weightClip != null) {
            weightClip = List.copyOf(weightClip);
            if (weightClip.size() != 2
                    || !(0 <= weightClip.get(0) && weightClip.get(0) < weightClip.get(1) && weightClip.get(1) <= 1)) {
                throw new ConfigException(
                        "ab_weighted_training.weight_clip", weightClip, "[lo, hi] with 0 <= lo < hi <= 1");
            }
        }
    }

    ArmWeights.Rule rule() {
        return new ArmWeights.Rule(
                false, weightClip == null ? null : new double[] {weightClip.get(0), weightClip.get(1)});
    }

    @Override
    public TableWeigher<?> create() {
        return new AbWeighted(this);
    }

    @Override
    public List<Role> needed() {
        return List.of(Role.ARM);
    }

    @Override
    public List<Role> allowed() {
        return List.of(Role.UNIT, Role.SETTING);
    }

    @Override
    public TargetTable target() {
        return TargetTable.NONE;
    }

    @Override
    public boolean needsFeatures() {
        return true;
    }

    @Override
    public boolean takesOutcomes() {
        return true;
    }
}
