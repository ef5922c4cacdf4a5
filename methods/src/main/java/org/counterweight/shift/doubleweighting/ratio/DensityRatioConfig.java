package org.counterweight.shift.doubleweighting.ratio;

import java.util.List;
import org.counterweight.config.ConfigException;
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

        @Setting(value = "Kernels at most, at rows of the deployment", defaultsTo = "100", range = "at least 1")
        int centers,

        @Setting(value = "Ridge of least squares, and of the regression", defaultsTo = "0.1", range = "above 0")
        double ridge,

        @Setting(value = "Share of the deployment in the denominator of rulsif", defaultsTo = "0.5", range = "[0, 1)")
        double relative,

        @Setting(value = "Highest weight of kmm", defaultsTo = "1000.0", range = "above 0")
        double b,

        @Setting(
                value = "Weights are raised to this power: below 1 they are flatter",
                defaultsTo = "1.0",
                range = "[0, 1]")
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
        refuse(sigma == null || sigma > 0 && Double.isFinite(sigma), "sigma", sigma, "a number above 0, or null");
        refuse(centers >= 1, "centers", centers, "an integer of at least 1 (100 is usual)");
        refuse(ridge > 0 && Double.isFinite(ridge), "ridge", ridge, "a number above 0 (0.1 is usual)");
        refuse(relative >= 0 && relative < 1, "relative", relative, "a number in [0, 1) (0.5 is usual)");
        refuse(b > 0 && Double.isFinite(b), "b", b, "a number above 0 (1000 is usual)");
        refuse(flatten >= 0 && flatten <= 1, "flatten", flatten, "a number in [0, 1] (1 is usual)");
        refuse(clip == null || clip > 0, "clip", clip, "a number above 0, or null");
    }

    private static void refuse(boolean fine, String key, @Nullable Object value, String expected) {
        if (!fine) {
            throw new ConfigException("density_ratio." + key, value, expected);
        }
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
