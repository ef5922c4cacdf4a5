package org.counterweight.studies.plan.arm;

import java.util.List;

/**
 * Mean and standard deviation (of the sample, n − 1) of one figure over the seeds.
 *
 * @param deviation 0 for a single seed
 */
public record Spread(int count, double mean, double deviation) {
    public static Spread of(List<Double> values) {
        int n = values.size();
        double mean = values.stream().mapToDouble(v -> v).sum() / n;
        double squares =
                values.stream().mapToDouble(v -> (v - mean) * (v - mean)).sum();
        return new Spread(n, mean, n < 2 ? 0 : Math.sqrt(squares / (n - 1)));
    }
}
