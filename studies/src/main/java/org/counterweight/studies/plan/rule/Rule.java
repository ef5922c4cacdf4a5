package org.counterweight.studies.plan.rule;

import java.util.Locale;
import org.counterweight.studies.plan.arm.Arm;
import org.counterweight.studies.plan.arm.Metric;
import org.counterweight.studies.plan.arm.Paired;
import org.counterweight.studies.plan.arm.Pick;
import org.counterweight.studies.plan.arm.Runs;
import org.counterweight.studies.plan.arm.Spread;

/** How a claim is decided. Written down with the plan, and printed beside the verdict. */
public sealed interface Rule {
    /** The rule in words. */
    String text();

    Judgement judge(Runs runs);

    /**
     * @param figures what was measured, in words
     */
    record Judgement(Verdict verdict, String figures) {}

    /**
     * Seed by seed, {@code a} is better than {@code b} in at least {@code share} of the seeds: held. In half of them or
     * fewer: not held. Between: not decided.
     */
    record Wins(Metric metric, Pick a, Pick b, double share) implements Rule {
        @Override
        public String text() {
            return String.format(
                    Locale.ROOT,
                    "held if, seed by seed, %s has the better %s than %s in at least %.0f %% of the seeds; not held at 50 %% or less",
                    a,
                    metric.title(),
                    b,
                    100 * share);
        }

        @Override
        public Judgement judge(Runs runs) {
            Paired paired = runs.paired(metric, runs.arm(a), runs.arm(b));
            return new Judgement(counted(paired.wins(), paired.count(), share), describe(runs, metric, a, b, paired));
        }
    }

    /**
     * The paired mean advantage of {@code a} over {@code b}, with its 95 % confidence interval: above {@code margin}
     * altogether: held; below it altogether: not held; else not decided.
     *
     * @param margin in the metric's unit; negative allows {@code a} to be a little worse
     */
    record Advantage(Metric metric, Pick a, Pick b, double margin) implements Rule {
        @Override
        public String text() {
            return String.format(
                    Locale.ROOT,
                    "held if the 95 %% confidence interval of the paired advantage of %s over %s in %s lies above %s; not held if it lies below",
                    a,
                    b,
                    metric.title(),
                    metric.format(margin));
        }

        @Override
        public Judgement judge(Runs runs) {
            Paired paired = runs.paired(metric, runs.arm(a), runs.arm(b));
            Verdict verdict = paired.low() > margin
                    ? Verdict.HELD
                    : paired.high() < margin ? Verdict.NOT_HELD : Verdict.NOT_DECIDED;
            return new Judgement(verdict, describe(runs, metric, a, b, paired));
        }
    }

    /**
     * {@code a}'s figure is at most {@code factor} times {@code b}'s in at least {@code share} of the seeds: held; in half
     * of them or fewer: not held.
     */
    record Ratio(Metric metric, Pick a, Pick b, double factor, double share) implements Rule {
        @Override
        public String text() {
            return String.format(
                    Locale.ROOT,
                    "held if, seed by seed, the %s of %s is at most %s times that of %s in at least %.0f %% of the seeds; not held at 50 %% or less",
                    metric.title(),
                    a,
                    Double.toString(factor),
                    b,
                    100 * share);
        }

        @Override
        public Judgement judge(Runs runs) {
            var left = runs.values(runs.arm(a), metric);
            var right = runs.values(runs.arm(b), metric);
            int n = left.size();
            int hits = 0;
            for (int s = 0; s < n; s++) {
                hits += left.get(s) <= factor * right.get(s) ? 1 : 0; // false for a run that diverged
            }
            return new Judgement(
                    counted(hits, n, share),
                    String.format(
                            Locale.ROOT,
                            "in %d of %d seeds; means %s (%s) and %s (%s)",
                            hits,
                            n,
                            metric.format(Spread.of(left).mean()),
                            runs.arm(a),
                            metric.format(Spread.of(right).mean()),
                            runs.arm(b)));
        }
    }

    /** {@code arm}'s figure lies in [low, high] in at least {@code share} of the seeds: held; in half or fewer: not held. */
    record Within(Metric metric, Pick arm, double low, double high, double share) implements Rule {
        @Override
        public String text() {
            return String.format(
                    Locale.ROOT,
                    "held if the %s of %s lies in [%s, %s] in at least %.0f %% of the seeds; not held at 50 %% or less",
                    metric.title(),
                    arm,
                    Double.toString(low),
                    Double.toString(high),
                    100 * share);
        }

        @Override
        public Judgement judge(Runs runs) {
            var values = runs.values(runs.arm(arm), metric);
            long hits = values.stream().filter(v -> v >= low && v <= high).count();
            return new Judgement(
                    counted(hits, values.size(), share),
                    String.format(
                            Locale.ROOT,
                            "in %d of %d seeds; mean %s",
                            hits,
                            values.size(),
                            metric.format(Spread.of(values).mean())));
        }
    }

    /**
     * The paired mean difference of {@code a} and {@code b} is near zero: its 95 % confidence interval lies within ± {@code
     * margin}: held; altogether outside: not held; else not decided.
     */
    record Near(Metric metric, Pick a, Pick b, double margin) implements Rule {
        @Override
        public String text() {
            return String.format(
                    Locale.ROOT,
                    "held if the 95 %% confidence interval of the paired difference of %s and %s in %s lies within ± %s; not held if it lies outside",
                    a,
                    b,
                    metric.title(),
                    Double.toString(margin));
        }

        @Override
        public Judgement judge(Runs runs) {
            Paired paired = runs.paired(metric, runs.arm(a), runs.arm(b));
            Verdict verdict = paired.low() >= -margin && paired.high() <= margin
                    ? Verdict.HELD
                    : paired.high() < -margin || paired.low() > margin ? Verdict.NOT_HELD : Verdict.NOT_DECIDED;
            return new Judgement(verdict, describe(runs, metric, a, b, paired));
        }
    }

    /** Held where enough seeds agree, not held where no more than half of them do. */
    private static Verdict counted(long hits, int seeds, double share) {
        if (hits >= Math.ceil(share * seeds - 1e-9)) {
            return Verdict.HELD;
        }
        return 2 * hits <= seeds ? Verdict.NOT_HELD : Verdict.NOT_DECIDED;
    }

    private static String describe(Runs runs, Metric metric, Pick a, Pick b, Paired paired) {
        Arm left = runs.arm(a);
        Arm right = runs.arm(b);
        String interval = paired.count() < 2 || !Double.isFinite(paired.mean())
                ? ""
                : String.format(
                        Locale.ROOT,
                        ", 95 %% interval [%s, %s]",
                        metric.format(paired.low()),
                        metric.format(paired.high()));
        return String.format(
                Locale.ROOT,
                "%s %s against %s %s; better in %d of %d seeds, mean advantage %s%s",
                left,
                metric.format(runs.spread(left, metric).mean()),
                right,
                metric.format(runs.spread(right, metric).mean()),
                paired.wins(),
                paired.count(),
                metric.format(paired.mean()),
                interval);
    }
}
