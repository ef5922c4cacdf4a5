package org.counterweight.jobs.model.adapter;

import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Tensors;
import org.counterweight.merge.Accumulation;
import org.counterweight.model.Params;
import org.counterweight.weights.DType;
import org.counterweight.weights.WeightsException;

/**
 * Weights with an adapter computed into them, each in the type it is stored in.
 *
 * @param rounding what the merge lost in a type of few digits, in one line
 */
public record MergedWeights(Map<String, Tensor> weights, String rounding) {
    /** The method of a ledger, by which a model is known that an adapter was computed into. */
    public static final String METHOD = "merge_adapter";

    /** Why what stands beside these weights stays there. */
    public static String whyNot(Params params) {
        return (params.prefix() == null
                        ? "the adapter acts on activations, with a nonlinearity between its two projections,"
                        : "the adapter is keys and values before the text of every layer,")
                + " so no weights of the model alone do the same; use the model together with adapter/";
    }

    /**
     * @param types in which the model stores its weights, by name; what an adapter adds, a head for one, has the type of
     *     most of them
     */
    public static MergedWeights of(Params params, Map<String, ScalarType> types) {
        ScalarType usual = usual(types.values());
        var merged = new LinkedHashMap<String, Tensor>();
        String worst = "";
        double largest = -1;
        for (var entry : params.weights().entrySet()) {
            String name = entry.getKey();
            Tensor base = entry.getValue();
            boolean isComputed = params.parametrized().contains(name);
            ScalarType type = types.getOrDefault(name, usual);
            if (!isComputed && base.scalar_type().intern() == type) {
                merged.put(name, base); // as it lies in the file
                continue;
            }
            try (var scope = Scope.open()) {
                Tensor wide = Accumulation.wide(base);
                Tensor exact = isComputed ? params.materialized(name, wide) : wide;
                Tensor stored = exact.to(type);
                if (!stored.isfinite().all().item_bool()) {
                    throw new WeightsException(name + ": merging gives NaN or infinite values; nothing was written");
                }
                if (stored.element_size() < 4) {
                    double error = error(exact, stored);
                    if (error > largest) {
                        largest = error;
                        worst = name + " ("
                                + DType.of(stored.scalar_type().intern()).name() + ")";
                    }
                }
                merged.put(name, scope.keep(stored));
            }
        }
        return new MergedWeights(
                merged,
                largest < 0
                        ? "exact: no merged weight was rounded to fewer digits"
                        : String.format(
                                Locale.ROOT,
                                "rounded: by at most %.1e of a weight's largest value, at %s; the adapter beside the"
                                        + " model has no such loss",
                                largest,
                                worst));
    }

    private static double error(Tensor exact, Tensor stored) {
        try (var off = Tensors.noGrad()) {
            double difference =
                    stored.to(ScalarType.Float).sub(exact).abs().max().item_double();
            return difference / Math.max(Double.MIN_NORMAL, exact.abs().max().item_double());
        }
    }

    /** The commonest type; float32 where there is none. */
    private static ScalarType usual(Collection<ScalarType> types) {
        return types.stream().collect(Collectors.groupingBy(type -> type, Collectors.counting())).entrySet().stream()
                .max(Comparator.comparingLong(Map.Entry::getValue))
                .map(Map.Entry::getKey)
                .orElse(ScalarType.Float);
    }
}
