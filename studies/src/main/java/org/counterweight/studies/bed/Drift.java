package org.counterweight.studies.bed;

import static org.counterweight.engine.Tensors.noGrad;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.adapt.sorsa.Orthonormality;
import org.counterweight.adapt.sorsa.SpectralShift;
import org.counterweight.engine.Scope;
import org.counterweight.model.Params;
import org.counterweight.studies.plan.arm.Metric;

/** How far training carried weights away from where they were, as means over the adapted modules. */
public record Drift() {
    public static final Metric VALUES = Metric.lower("delta_sigma", "Δσ", 3);
    public static final Metric DIRECTIONS = Metric.lower("delta_d", "ΔD", 3);
    public static final Metric ORTHONORMALITY = Metric.lower("orthonormality", "‖A A^T − I‖ + ‖B^T B − I‖", 3);

    /**
     * Between the weights as they were and as they are in effect; {@link #ORTHONORMALITY} only where SORSA's factors stand.
     *
     * @return values by the keys of the metrics
     */
    public Map<String, Double> of(List<String> modules, Map<String, Tensor> before, Params after) {
        var values = new LinkedHashMap<String, Double>();
        try (var scope = Scope.open();
                var off = noGrad()) {
            Map<String, Tensor> now = after.materialized();
            List<SpectralShift> shifts = modules.stream()
                    .map(module -> SpectralShift.between(module, weight(before, module), weight(now, module)))
                    .toList();
            values.put(
                    VALUES.key(),
                    shifts.stream().mapToDouble(SpectralShift::values).average().orElse(0));
            values.put(
                    DIRECTIONS.key(),
                    shifts.stream()
                            .mapToDouble(SpectralShift::directions)
                            .average()
                            .orElse(0));
            Map<String, Tensor> trained = after.trainables();
            if (trained.keySet().stream().anyMatch(name -> name.endsWith(".sorsa_A"))) {
                values.put(
                        ORTHONORMALITY.key(),
                        modules.stream()
                                .mapToDouble(module -> deviation(trained, module))
                                .average()
                                .orElse(0));
            }
        }
        return values;
    }

    /** Of a run that diverged. */
    public Map<String, Double> unknown() {
        return Map.of(VALUES.key(), Double.NaN, DIRECTIONS.key(), Double.NaN, ORTHONORMALITY.key(), Double.NaN);
    }

    private static double deviation(Map<String, Tensor> trained, String module) {
        Tensor a = Objects.requireNonNull(trained.get(module + ".sorsa_A"));
        Tensor b = Objects.requireNonNull(trained.get(module + ".sorsa_B"));
        return Orthonormality.deviation(a).item_double()
                + Orthonormality.deviation(b.t()).item_double();
    }

    private static Tensor weight(Map<String, Tensor> weights, String module) {
        return Objects.requireNonNull(weights.get(module + ".weight"), module);
    }
}
