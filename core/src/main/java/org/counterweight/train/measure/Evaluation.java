package org.counterweight.train.measure;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.counterweight.train.state.TrainingException;
import org.jspecify.annotations.Nullable;

/**
 * What an evaluation found.
 *
 * @param loss the mean over rows of a classifier or regressor, over tokens of a language model; in nats for cross-entropy
 * @param metrics further figures by name: those of {@link #METRICS}, and whatever a {@link Metric} adds, in its order
 * @param confusion of a classifier; else null
 * @param parts how each kind fared of what is told of parts of rows, entities for one; else none
 */
public record Evaluation(
        double loss, Map<String, Double> metrics, @Nullable Confusion confusion, List<Confusion.PerClass> parts) {
    /** The figures that an evaluation has where they are defined, whatever its metrics. */
    public static final List<String> METRICS = List.of(
            "loss",
            "perplexity",
            "accuracy",
            "macro_f1",
            "micro_f1",
            "exact_match",
            "rmse",
            "pearson",
            "spearman",
            "entity_f1",
            "entity_precision",
            "entity_recall",
            "word_accuracy");

    private static final Set<String> ERRORS = Set.of("loss", "perplexity", "rmse");

    public Evaluation {
        metrics = Collections.unmodifiableMap(new LinkedHashMap<>(metrics));
        parts = List.copyOf(parts);
    }

    /**
     * The figure of that name.
     *
     * @throws TrainingException if this evaluation has none
     */
    public double metric(String name) {
        Double value = name.equals("loss") ? Double.valueOf(loss) : metrics.get(name);
        if (value == null) {
            throw new TrainingException(
                    "best_by: the evaluation has no \"" + name + "\"; it has " + String.join(", ", all().keySet()));
        }
        return value;
    }

    /** Whether a larger figure of {@link #METRICS} is better. */
    public static boolean largerIsBetter(String metric) {
        return !ERRORS.contains(metric);
    }

    /** Whether a figure's name says that it tells a part of another, {@code loss_at_5}: too many for a line. */
    public static boolean isOfAPart(String figure) {
        return figure.contains("_at_");
    }

    /** All figures: in the order of {@link #METRICS}, then the others. */
    public Map<String, Double> all() {
        var all = new LinkedHashMap<String, Double>();
        for (String name : METRICS) {
            Double value = name.equals("loss") ? Double.valueOf(loss) : metrics.get(name);
            if (value != null) {
                all.put(name, value);
            }
        }
        metrics.forEach(all::putIfAbsent);
        return all;
    }
}
