package org.counterweight.studies.plan.arm;

import java.util.Map;

/**
 * What one run yields.
 *
 * @param values by the key of their {@link Metric}; not finite if the run diverged
 * @param curves by name, for the figures: the training loss at each step
 */
public record Measurement(Map<String, Double> values, Map<String, double[]> curves) {
    public Measurement {
        values = Map.copyOf(values);
        curves = Map.copyOf(curves);
    }

    public static Measurement of(Map<String, Double> values) {
        return new Measurement(values, Map.of());
    }
}
