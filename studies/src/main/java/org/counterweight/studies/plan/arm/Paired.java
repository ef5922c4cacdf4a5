package org.counterweight.studies.plan.arm;

import java.util.List;
import org.apache.commons.statistics.distribution.TDistribution;

/**
 * Two arms compared seed by seed. All figures are advantages of the first: positive is better, whichever way its metric is
 * good.
 *
 * @param wins in how many seeds the first is strictly better
 * @param mean mean advantage
 * @param low lower end of its 95 % confidence interval (Student's t on the paired differences)
 * @param high upper end
 */
public record Paired(int count, int wins, int losses, double mean, double low, double high) {

    /** Compares {@code a[s]} with {@code b[s]} for each seed s; a run that diverged loses against one that did not. */
    public static Paired of(Metric metric, List<Double> a, List<Double> b) {
        if (a.size() != b.size() || a.isEmpty()) {
            throw new IllegalArgumentException(a.size() + " and " + b.size() + " runs cannot be paired");
        }
        int n = a.size();
        int wins = 0;
        int losses = 0;
        double[] advantages = new double[n];
        for (int s = 0; s < n; s++) {
            advantages[s] = advantage(metric, a.get(s), b.get(s));
            wins += advantages[s] > 0 ? 1 : 0;
            losses += advantages[s] < 0 ? 1 : 0;
        }
        Spread spread = Spread.of(java.util.Arrays.stream(advantages).boxed().toList());
        double half = n < 2
                ? Double.POSITIVE_INFINITY // one difference says nothing about the next
                : TDistribution.of(n - 1).inverseSurvivalProbability(0.025) * spread.deviation() / Math.sqrt(n);
        return new Paired(n, wins, losses, spread.mean(), spread.mean() - half, spread.mean() + half);
    }

    private static double advantage(Metric metric, double a, double b) {
        if (Double.isFinite(a) && Double.isFinite(b)) {
            return metric.advantage(a, b);
        }
        if (Double.isFinite(a) == Double.isFinite(b)) {
            return 0;
        }
        return Double.isFinite(a) ? Double.POSITIVE_INFINITY : Double.NEGATIVE_INFINITY;
    }
}
