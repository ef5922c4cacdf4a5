package org.counterweight.shift.doubleweighting.table;

import java.util.List;
import org.counterweight.config.Checks;
import org.counterweight.config.Example;
import org.counterweight.config.Setting;
import org.counterweight.shift.Role;
import org.counterweight.shift.TableWeigher;
import org.counterweight.shift.TableWeigherConfig;
import org.counterweight.shift.TargetTable;
import org.counterweight.shift.doubleweighting.Bandwidth;
import org.counterweight.shift.doubleweighting.DoubleWeights;
import org.counterweight.shift.doubleweighting.minimax.FeatureMap;
import org.counterweight.shift.doubleweighting.minimax.LabelEncoding;
import org.counterweight.shift.doubleweighting.minimax.MinimaxLoss;
import org.jspecify.annotations.Nullable;

/** Settings of double-weighting, under the names of its official code where it has one. */
@Example(
        where = "a command",
        value = "./cw weigh double_weighting train.csv --target deployed.csv --label y --output OUT")
public record DoubleWeightingConfig(
        @Setting(
                value = "D: 1 weighs training rows alone, larger ones make weights smaller and trust rows of the"
                        + " deployment less",
                defaultsTo = "4.0",
                range = "at least 1; choose: robust is D without end")
        double d,

        @Setting(
                value = "Take d, the D of the grid with the least guaranteed risk (needs labels), or D without end",
                defaultsTo = "\"fixed\"",
                oneOf = {"fixed", "select", "robust"})
        Choice choose,

        @Setting(value = "No weight is above b / sqrt(d)", defaultsTo = "1000.0", range = "above 0")
        double b,

        @Setting(
                value = "How far apart the means of both weights may be; null for 1 - 1 / sqrt(rows)",
                defaultsTo = "null",
                range = "[0, 1]")
        @Nullable
        Double epsilon,

        @Setting(value = "Width of the kernel; null for what bandwidth says", defaultsTo = "null", range = "above 0")
        @Nullable
        Double sigma,

        @Setting(
                value = "Rule for the width of the kernel",
                defaultsTo = "\"knn50_inclusive\"",
                oneOf = {"knn50_inclusive", "knn50_exclusive", "scale", "scale2", "median"})
        Bandwidth bandwidth,

        @Setting(
                value = "The kernel's values of all rows, random features of it, or whichever fits (features above"
                        + " 4,000 rows)",
                defaultsTo = "\"auto\"",
                oneOf = {"auto", "exact", "random_features"})
        KernelForm kernel,

        @Setting(value = "Pairs of random features", defaultsTo = "300", range = "at least 1; 300 is usual")
        int kernelPairs,

        @Setting(
                value = "What the classifier's loss is",
                defaultsTo = "\"zero_one\"",
                oneOf = {"zero_one", "log"})
        MinimaxLoss loss,

        @Setting(
                value = "What the classifier sees",
                defaultsTo = "\"linear\"",
                oneOf = {"linear", "polynomial2", "polynomial3", "rff", "relu"})
        FeatureMap.Kind features,

        @Setting(value = "A 1 before the features", defaultsTo = "false")
        boolean intercept,

        @Setting(value = "Random features of rff and relu", defaultsTo = "600", range = "at least 2; 600 is usual")
        int nComponents,

        @Setting(
                value = "How features and a class become one vector; pm is for two classes",
                defaultsTo = "\"onehot\"",
                oneOf = {"onehot", "pm"})
        LabelEncoding encoding,

        @Setting(value = "Least confidence of each expectation", defaultsTo = "1e-6", range = "above 0; 1e-6 is usual")
        double delta,

        @Setting(value = "Added to the confidence of each expectation", defaultsTo = "0.0", range = "at least 0")
        double lambda0)
        implements TableWeigherConfig {
    /** How D is found. */
    public enum Choice {
        FIXED,
        SELECT,
        ROBUST
    }

    /** In which form the kernel is held. */
    public enum KernelForm {
        AUTO,
        EXACT,
        RANDOM_FEATURES
    }

    public DoubleWeightingConfig {
        Checks.ranges(
                DoubleWeightingConfig.class,
                "double_weighting",
                d,
                b,
                epsilon,
                sigma,
                kernelPairs,
                nComponents,
                delta,
                lambda0);
    }

    /** What the weights may be, for one D. */
    DoubleWeights.Limits limits(double ofOne) {
        return new DoubleWeights.Limits(ofOne, b, epsilon == null ? Double.NaN : epsilon);
    }

    /** The D that are tried. */
    List<Double> ds() {
        return switch (choose) {
            case FIXED -> List.of(d);
            case SELECT -> DoubleWeighting.grid();
            case ROBUST -> List.of(Double.POSITIVE_INFINITY);
        };
    }

    @Override
    public TableWeigher<?> create() {
        return new DoubleWeigher(this);
    }

    @Override
    public List<Role> needed() {
        return choose == Choice.SELECT ? List.of(Role.LABEL) : List.of();
    }

    @Override
    public List<Role> allowed() {
        return choose == Choice.SELECT ? List.of() : List.of(Role.LABEL);
    }

    @Override
    public TargetTable target() {
        return TargetTable.NEEDED;
    }

    @Override
    public boolean needsFeatures() {
        return true;
    }
}
