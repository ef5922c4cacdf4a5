package org.counterweight.studies.plan.arm;

import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Everything a study measured. */
public record Runs(List<Run> all, @Nullable Tuning tuning) {
    public Runs {
        all = List.copyOf(all);
    }

    /** One value a seed, in the order of the seeds. */
    public List<Double> values(Arm arm, Metric metric) {
        return of(arm).stream().map(run -> value(run, metric)).toList();
    }

    /** Whether an arm has that figure; one that has nothing to do with it has none. */
    public boolean has(Arm arm, Metric metric) {
        return of(arm).stream().anyMatch(run -> run.measured().values().containsKey(metric.key()));
    }

    public Spread spread(Arm arm, Metric metric) {
        return Spread.of(values(arm, metric));
    }

    public Paired paired(Metric metric, Arm a, Arm b) {
        return Paired.of(metric, values(a, metric), values(b, metric));
    }

    /** The runs of one arm, in the order of the seeds. */
    public List<Run> of(Arm arm) {
        List<Run> runs = all.stream().filter(run -> run.arm().equals(arm)).toList();
        if (runs.isEmpty()) {
            throw new IllegalArgumentException("the study has no arm \"" + arm + "\"");
        }
        return runs;
    }

    /** The arm that is meant: for a tuned one, the setting with the best mean; one that diverged in a seed is not the best. */
    public Arm arm(Pick pick) {
        if (pick.setting() != null) {
            return new Arm(pick.method(), pick.setting());
        }
        if (tuning == null) {
            throw new IllegalArgumentException("the plan of this study names no metric to tune by");
        }
        Metric metric = tuning.metric();
        return all.stream()
                .map(Run::arm)
                .filter(arm -> arm.method().equals(pick.method()))
                .distinct()
                .max(Comparator.comparingDouble(
                        arm -> merit(metric, spread(arm, metric).mean())))
                .orElseThrow(() -> new IllegalArgumentException("the study has no method \"" + pick.method() + "\""));
    }

    private static double merit(Metric metric, double mean) {
        return Double.isFinite(mean) ? metric.advantage(mean, 0) : Double.NEGATIVE_INFINITY;
    }

    private static double value(Run run, Metric metric) {
        Double value = run.measured().values().get(metric.key());
        if (value == null) {
            throw new IllegalArgumentException(run.arm() + " did not measure " + metric.key());
        }
        return value;
    }
}
