package org.counterweight.shift.classes;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;
import org.counterweight.shift.Chunk;
import org.counterweight.shift.Findings;
import org.counterweight.shift.Role;
import org.counterweight.shift.ShiftException;
import org.counterweight.shift.Side;
import org.counterweight.shift.Source;
import org.counterweight.shift.TableWeigher;
import org.counterweight.shift.Weights;
import org.jspecify.annotations.Nullable;

/**
 * Rows weighed by how rare their class is, with mean 1.
 *
 * <p>The effective number of rows of a class is (1 − βⁿ) / (1 − β): Y. Cui et al., "Class-Balanced Loss Based on Effective Number
 * of Samples", CVPR 2019, section 3.
 */
record ClassBalance(ClassBalanceConfig config) implements TableWeigher<ClassBalance.Fit> {
    private static final String WEIGHT = "weight";

    /**
     * Classes by their number.
     *
     * @param counts rows of each
     * @param weights of the rows of each
     */
    record Fit(SortedMap<Integer, Double> counts, SortedMap<Integer, Double> weights)
            implements AutoCloseable, Serializable {
        @Override
        public void close() {} // nothing native
    }

    @Override
    public Fit fit(Source source, @Nullable Source target, Seed seed) {
        SortedMap<Integer, Double> counts = source.fold(new ClassSums());
        counts.values().removeIf(count -> count == 0); // as if its rows were not there
        if (counts.isEmpty()) {
            throw new ShiftException("every row weighs 0, so that none would count; name another column of weights");
        }
        SortedMap<Integer, Double> weights = new TreeMap<>();
        double rows = 0;
        double sum = 0;
        for (var entry : counts.entrySet()) {
            double weight = weight(entry.getValue());
            weights.put(entry.getKey(), weight);
            rows += entry.getValue();
            sum += weight * entry.getValue();
        }
        double mean = sum / rows;
        weights.replaceAll((label, weight) -> weight / mean);
        return new Fit(counts, weights);
    }

    private double weight(double count) {
        Double beta = config.beta();
        return beta == null ? Math.pow(count, -config.power()) : (1 - beta) / (1 - Math.pow(beta, count));
    }

    @Override
    public List<String> columns(Side side) {
        return side == Side.SOURCE ? List.of(WEIGHT) : List.of();
    }

    @Override
    public Weights apply(Fit fitted, Side side, Chunk rows) {
        double[] labels = rows.values(Role.LABEL);
        double[] weights = rows.weights().clone();
        for (int i = 0; i < weights.length; i++) {
            weights[i] = weights[i] == 0 ? 0 : weights[i] * ofClass(fitted, (int) labels[i], rows.ids()[i]);
        }
        return new Weights(Map.of(WEIGHT, weights), null, null);
    }

    private static double ofClass(Fit fitted, int label, long id) {
        Double weight = fitted.weights.get(label);
        if (weight == null) {
            throw new ShiftException("row " + id + ": no row of the class " + label
                    + " was counted when the weights were fitted; fit them on rows of all classes");
        }
        return weight;
    }

    @Override
    public Map<String, Tensor> state(Fit fitted) {
        return Map.of(
                "classes",
                Tensors.longs(fitted.counts.keySet().stream()
                        .mapToLong(label -> label)
                        .toArray()),
                "counts",
                Tensors.doubles(
                        fitted.counts.values().stream().mapToDouble(n -> n).toArray()),
                "weights",
                Tensors.doubles(
                        fitted.weights.values().stream().mapToDouble(w -> w).toArray()));
    }

    @Override
    public Findings findings(Fit fitted) {
        Map<String, Double> figures = new LinkedHashMap<>();
        figures.put("classes", (double) fitted.counts.size());
        figures.put(
                "rows of the rarest class",
                fitted.counts.values().stream().mapToDouble(n -> n).min().orElse(0));
        figures.put(
                "rows of the most frequent class",
                fitted.counts.values().stream().mapToDouble(n -> n).max().orElse(0));
        List<List<String>> rows = new ArrayList<>();
        fitted.counts.forEach((label, count) -> rows.add(List.of(
                label.toString(),
                String.format(Locale.ROOT, "%,.0f", count),
                String.format(Locale.ROOT, "%.4g", fitted.weights.get(label)))));
        return new Findings(
                "Rows are weighted by how rare their class is: an even share of the classes is the numerator, up to"
                        + " what the settings say.",
                figures,
                List.of(new Findings.Table(
                        "Classes", "By their number; weights have mean 1.", List.of("Class", "Rows", "Weight"), rows)),
                List.of(),
                List.of(),
                List.of());
    }
}
