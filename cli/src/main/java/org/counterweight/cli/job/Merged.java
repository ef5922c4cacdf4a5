package org.counterweight.cli.job;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Tensors;
import org.counterweight.model.Params;
import org.counterweight.weights.WeightsException;

/**
 * Weights with an adapter computed into them, each in the type it is stored in.
 *
 * @param rounding what the merge lost in a type of few digits, in one line
 */
record Merged(Map<String, Tensor> weights, String rounding) {
    static Merged of(Params params) {
        var merged = new LinkedHashMap<>(params.materialized());
        String worst = "";
        double largest = -1;
        for (String name : params.parametrized()) {
            Tensor base = Objects.requireNonNull(params.weights().get(name));
            boolean isNarrow = base.element_size() < 4;
            try (var scope = Scope.open();
                    var off = Tensors.noGrad()) {
                Tensor exact = isNarrow
                        ? Objects.requireNonNull(params.parametrizations().get(name))
                                .weight(base.to(ScalarType.Float))
                        : Objects.requireNonNull(merged.get(name));
                Tensor stored = exact.to(base.scalar_type());
                if (!stored.isfinite().all().item_bool()) {
                    throw new WeightsException(name + ": merging gives NaN or infinite values; nothing was written");
                }
                if (isNarrow) {
                    double error =
                            stored.to(ScalarType.Float).sub(exact).abs().max().item_double()
                                    / Math.max(
                                            Double.MIN_NORMAL, exact.abs().max().item_double());
                    if (error > largest) {
                        largest = error;
                        worst = name + " (" + base.dtype().name().getString() + ")";
                    }
                }
                merged.put(name, scope.keep(stored));
            }
        }
        return new Merged(
                merged,
                largest < 0
                        ? "exact: no merged weight was rounded to fewer digits"
                        : String.format(
                                Locale.ROOT,
                                "rounded: by at most %.1e of a weight's largest value, at %s; the adapter beside the model"
                                        + " has no such loss",
                                largest,
                                worst));
    }
}
