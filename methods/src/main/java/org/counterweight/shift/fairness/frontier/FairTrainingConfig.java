package org.counterweight.shift.fairness.frontier;

import java.util.List;
import org.counterweight.config.Checks;
import org.counterweight.config.ConfigException;
import org.counterweight.config.Example;
import org.counterweight.config.Setting;
import org.counterweight.shift.Role;
import org.counterweight.shift.TableWeigher;
import org.counterweight.shift.TableWeigherConfig;
import org.counterweight.shift.TargetTable;
import org.counterweight.shift.fairness.constraint.FairConstraint;
import org.counterweight.shift.fairness.table.FairCorrelationConfig;
import org.jspecify.annotations.Nullable;

/** Settings of {@link FairLearner}. */
@Example(
        where = "a command",
        value = "./cw weigh fair_training people.csv --label y --group z --set weigh.shift.corr=0.18 --output OUT")
public record FairTrainingConfig(
        @Setting(
                value = "How cells of label and group are weighed first, as settings of fair_correlation_shifts; null"
                        + " to learn from the rows as they are",
                defaultsTo = "null")
        @Nullable
        FairCorrelationConfig shift,

        @Setting(
                value = "Which rates are to be equal: of all rows, of those with y=1, or of either label",
                defaultsTo = "\"demographic_parity\"",
                oneOf = {"demographic_parity", "equal_opportunity", "equalized_odds"})
        FairConstraint constraint,

        @Setting(
                value = "What is tried: plain regression, FairBatch, a bound on the covariance of score and group, a"
                        + " mixture by exponentiated gradient, the squared gap in the loss",
                defaultsTo = "[\"none\", \"fairbatch\", \"covariance\", \"expgrad\", \"penalty\"]",
                oneOf = {"none", "fairbatch", "covariance", "expgrad", "penalty"})
        List<Algorithm> algorithms,

        @Setting(
                value = "The most accurate whose gap is at most this is taken, on rows of its own",
                defaultsTo = "0.05",
                range = "[0, 1]; 0.05 is usual")
        double maxGap,

        @Setting(
                value = "Covariances that are allowed, as shares of that of the plain regression",
                defaultsTo = "[0.0, 0.1, 0.25, 0.5]",
                range = "[0, 1]")
        List<Double> covariance,

        @Setting(
                value = "Distances from the rate of all that expgrad allows",
                defaultsTo = "[0.0, 0.02, 0.05]",
                range = "[0, 1]")
        List<Double> eps,

        @Setting(
                value = "Factors of the squared gap in the loss",
                defaultsTo = "[0.3, 1.0, 3.0, 10.0]",
                range = "at least 0")
        List<Double> rho,

        @Setting(value = "How often FairBatch sees the rows", defaultsTo = "100", range = "at least 1; 100 is usual")
        int epochs,

        @Setting(value = "Rounds of expgrad at most", defaultsTo = "50", range = "at least 1; 50 is usual")
        int rounds,

        @Setting(value = "Ridge of the regressions", defaultsTo = "0.0001", range = "above 0; 0.0001 is usual")
        double ridge,

        @Setting(
                value = "Share of the rows that choose, and as many again that judge; neither is learnt from",
                defaultsTo = "0.2",
                range = "(0, 0.4]; 0.2 is usual")
        double holdout)
        implements TableWeigherConfig {
    /** Ways to learn. */
    public enum Algorithm {
        NONE,
        FAIRBATCH,
        COVARIANCE,
        EXPGRAD,
        PENALTY
    }

    public FairTrainingConfig {
        Checks.ranges(
                FairTrainingConfig.class,
                "fair_training",
                maxGap,
                covariance,
                eps,
                rho,
                epochs,
                rounds,
                ridge,
                holdout);
        algorithms = List.copyOf(algorithms);
        covariance = List.copyOf(covariance);
        eps = List.copyOf(eps);
        rho = List.copyOf(rho);
        if (algorithms.isEmpty()) {
            throw new ConfigException("fair_training.algorithms", algorithms, "one at least");
        }
        if (shift != null && shift.mode() == FairCorrelationConfig.Mode.SAMPLE) {
            throw new ConfigException(
                    "fair_training.shift.mode: sample takes rows away, and here all of them learn with"
                            + " weights; FairBatch draws a sample of its own. Leave it out");
        }
        if (algorithms.contains(Algorithm.COVARIANCE) && constraint == FairConstraint.EQUALIZED_ODDS) {
            throw new ConfigException(
                    "fair_training.algorithms: covariance bounds one covariance, and equalized_odds has"
                            + " two; leave it out, or take another constraint");
        }
    }

    @Override
    public TableWeigher<?> create() {
        return new FairLearner(this);
    }

    @Override
    public List<Role> needed() {
        return List.of(Role.LABEL, Role.GROUP);
    }

    @Override
    public List<Role> allowed() {
        return List.of();
    }

    @Override
    public TargetTable target() {
        return shift == null ? TargetTable.NONE : shift.target();
    }

    @Override
    public boolean needsFeatures() {
        return true;
    }
}
