package org.counterweight.shift.doubleweighting.ratio;

import java.util.List;
import org.counterweight.config.Checks;
import org.counterweight.config.Example;
import org.counterweight.config.Setting;
import org.counterweight.shift.Role;
import org.counterweight.shift.TableWeigher;
import org.counterweight.shift.TableWeigherConfig;
import org.counterweight.shift.TargetTable;
import org.counterweight.shift.doubleweighting.Bandwidth;
import org.jspecify.annotations.Nullable;

/** Settings of {@link DensityRatio}. */
@Example(
        where = "a command",
        value = "./cw weigh density_ratio train.csv --target deployed.csv --set estimator=rulsif --output OUT")
public record DensityRatioConfig(
        @Setting(
                value = "How the ratio is estimated: kernel mean matching, least squares (relative or not),"
                        + " likelihood, or a logistic regression between the tables",
                defaultsTo = "\"rulsif\"",
                oneOf = {"kmm", "ulsif", "rulsif", "kliep", "logistic"})
        Estimator estimator,

        @Setting(value = "Width of the kernel; null for what bandwidth says", defaultsTo = "null", range = "above 0")
        @Nullable
        Double sigma,

        @Setting(
                value = "Rule for the width of the kernel",
                defaultsTo = "\"median\"",
                oneOf = {"knn50_inclusive", "knn50_exclusive", "scale", "scale2", "median"})
        Bandwidth bandwidth,

        @Setting(
                value = "Kernels at most, at rows of the deployment",
                defaultsTo = "100",
                range = "at least 1; 100 is usual")
        int centers,

        @Setting(
                value = "Ridge of least squares, and of the regression",
                defaultsTo = "0.1",
                range = "above 0; 0.1 is usual")
        double ridge,

        @Setting(
                value = "Share of the deployment in the denominator of rulsif",
                defaultsTo = "0.5",
                range = "[0, 1); 0.5 is usual")
        double relative,

        @Setting(value = "Highest weight of kmm", defaultsTo = "1000.0", range = "above 0; 1000 is usual")
        double b,

        @Setting(
                value = "Weights are raised to this power: below 1 they are flatter",
                defaultsTo = "1.0",
                range = "[0, 1]; 1 is usual")
        double flatten,

        @Setting(value = "No weight is above this; null for no limit", defaultsTo = "null", range = "above 0") @Nullable
        Double clip,

        @Setting(value = "Divide the weights by their mean", defaultsTo = "false")
        boolean normalize)
        implements TableWeigherConfig {
    /** Ways to estimate. */
    public enum Estimator {
        KMM,
        ULSIF,
        RULSIF,
        KLIEP,
        LOGISTIC
    }

    public DensityRatioConfig {
        Checks.ranges(DensityRatioConfig.class, "density_ratio", sigma, centers, ridge, relative, b, flatten, clip);
    }

    @Override
    public TableWeigher<?> create() {
        return new DensityRatio(this);
    }

    @Override
    public List<Role> needed() {
        return List.of();
    }

    @Override
    public List<Role> allowed() {
        return List.of();
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
