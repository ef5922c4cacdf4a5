package org.counterweight.shift.fairness.table;

import java.util.List;
import org.counterweight.config.Checks;
import org.counterweight.config.ConfigException;
import org.counterweight.config.Example;
import org.counterweight.config.Setting;
import org.counterweight.shift.Role;
import org.counterweight.shift.TableWeigher;
import org.counterweight.shift.TableWeigherConfig;
import org.counterweight.shift.TargetTable;
import org.counterweight.shift.fairness.CellRatio;
import org.jspecify.annotations.Nullable;

/** Settings of {@link FairCorrelation}. */
@Example(
        where = "a command",
        value = "./cw weigh fair_correlation_shifts people.csv --label y --group z --set corr=0.18 --output OUT")
public record FairCorrelationConfig(
        @Setting(
                value = "Pr(y=1 | z=1) - Pr(y=1 | z=0) where the model will be used; null where a range or a second"
                        + " table says it",
                defaultsTo = "null",
                range = "(-1, 1)")
        @Nullable
        Double corr,

        @Setting(value = "Lower end of a range of it", defaultsTo = "null", range = "(-1, 1)") @Nullable
        Double corrLow,

        @Setting(value = "Upper end of a range of it", defaultsTo = "null", range = "(-1, 1)") @Nullable
        Double corrHigh,

        @Setting(
                value = "How far Pr(y=1) may move; null for 0.05",
                defaultsTo = "null",
                range = "[0, 1]; 0.05 is usual")
        @Nullable
        Double gY,

        @Setting(
                value = "How far Pr(z=1) may move; null for 0.05",
                defaultsTo = "null",
                range = "[0, 1]; 0.05 is usual")
        @Nullable
        Double gZ,

        @Setting(value = "The official code's 2 g_y, in its place", defaultsTo = "null", range = "[0, 2]; 0.1 is usual")
        @Nullable
        Double gamma1,

        @Setting(value = "The official code's 2 g_z, in its place", defaultsTo = "null", range = "[0, 2]; 0.1 is usual")
        @Nullable
        Double gamma2,

        @Setting(
                value = "Give rows weights, keep a sample of them, or make label and group independent (Kamiran and"
                        + " Calders)",
                defaultsTo = "\"weight\"",
                oneOf = {"weight", "sample", "reweighing"})
        Mode mode,

        @Setting(
                value = "How the new shares are found: exactly, or by the official code's semidefinite relaxation, for"
                        + " comparison",
                defaultsTo = "\"exact\"",
                oneOf = {"exact", "sdp"})
        CellRatio.Solver solver)
        implements TableWeigherConfig {
    private static final double USUAL = 0.05;

    /** What becomes of the new shares. */
    public enum Mode {
        /** Rows are weighted by w'_k / w_k. */
        WEIGHT,
        /** Rows are drawn without replacement. */
        SAMPLE,
        /** The baseline: weights that make the correlation 0 and keep both margins. */
        REWEIGHING
    }

    public FairCorrelationConfig {
        Checks.ranges(
                FairCorrelationConfig.class,
                "fair_correlation_shifts",
                corr,
                corrLow,
                corrHigh,
                gY,
                gZ,
                gamma1,
                gamma2);
        if ((corrLow == null) != (corrHigh == null)) {
            throw new ConfigException(
                    "fair_correlation_shifts: a range of correlations has two ends; give corr_low and corr_high");
        }
        if (corrLow != null && corrHigh != null && corrLow > corrHigh) {
            throw new ConfigException(
                    "fair_correlation_shifts.corr_high", corrHigh, "a number of at least corr_low, " + corrLow);
        }
        if (corr != null && corrLow != null) {
            throw new ConfigException(
                    "fair_correlation_shifts: corr and corr_low say the same thing twice; give one of them");
        }
        if (mode == Mode.REWEIGHING && (corr != null || corrLow != null)) {
            throw new ConfigException(
                    "fair_correlation_shifts: mode reweighing makes the correlation 0, so corr would change nothing;"
                            + " leave it out");
        }
        if (mode == Mode.REWEIGHING && solver == CellRatio.Solver.SDP) {
            throw new ConfigException(
                    "fair_correlation_shifts: mode reweighing has a formula for its weights, so solver: sdp would change"
                            + " nothing; leave one of them out");
        }
        refuseBoth("g_y", gY, "gamma1", gamma1);
        refuseBoth("g_z", gZ, "gamma2", gamma2);
    }

    private static void refuseBoth(String name, @Nullable Double g, String official, @Nullable Double gamma) {
        if (g != null && gamma != null) {
            throw new ConfigException("fair_correlation_shifts: " + name + " and " + official
                    + " (twice as large) say the same thing; give one of them");
        }
    }

    /** How far the shares may move. */
    CellRatio.Tolerance tolerance() {
        return new CellRatio.Tolerance(tolerance(gY, gamma1), tolerance(gZ, gamma2));
    }

    private static double tolerance(@Nullable Double g, @Nullable Double gamma) {
        return g != null ? g : gamma != null ? gamma / 2 : USUAL;
    }

    /** Whether the correlation is said. */
    boolean saysCorrelation() {
        return corr != null || corrLow != null || mode == Mode.REWEIGHING;
    }

    @Override
    public TableWeigher<?> create() {
        return new FairCorrelation(this);
    }

    @Override
    public List<Role> needed() {
        return List.of(Role.LABEL, Role.GROUP);
    }

    @Override
    public List<Role> allowed() {
        return mode == Mode.SAMPLE ? List.of() : List.of(Role.WEIGHT);
    }

    @Override
    public TargetTable target() {
        return saysCorrelation() ? TargetTable.NONE : TargetTable.NEEDED;
    }

    @Override
    public boolean needsFeatures() {
        return false;
    }
}
