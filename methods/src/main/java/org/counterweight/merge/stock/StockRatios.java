package org.counterweight.merge.stock;

import static org.counterweight.engine.Tensors.toDoubles;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.Predicate;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Tensors;
import org.counterweight.merge.Agreement;
import org.counterweight.merge.InMemory;
import org.counterweight.merge.LayerName;
import org.counterweight.merge.RunningStatistics;
import org.counterweight.merge.stock.ModelStockConfig.Granularity;
import org.counterweight.weights.Combiner;

/**
 * The ratios of a whole model, found in one pass over its tensors, of any granularity; {@link #combiner} is the second
 * pass. {@link #rows} is what users plot: angle and ratio of each tensor.
 *
 * @param byName one entry a floating tensor that is not averaged plainly; tensors of one group share theirs
 * @param warnings what looks wrong with the models, with the figures
 */
public record StockRatios(ModelStockConfig config, Map<String, StockRatio> byName, List<String> warnings) {
    private static final double ALIKE = 0.1;
    private static final double FAR = 0.5;

    public StockRatios {
        byName = Collections.unmodifiableMap(new LinkedHashMap<>(byName));
        warnings = List.copyOf(warnings);
    }

    /** One line of {@code model_stock.json}: means over the rows of the tensor where each has its own ratio. */
    public record Row(
            String tensor,
            String group,
            double cos,
            double angleDeg,
            double t,
            long clamped,
            List<Double> deltaNorms) {}

    /**
     * First pass, of files without a model: running statistics are known by their names.
     *
     * @param read the tensors of a name: the anchor's, then one a model; called in a scope of its own for each name
     */
    public static StockRatios fit(
            ModelStockConfig config, Collection<String> names, Function<String, List<Tensor>> read) {
        return fit(config, names, read, RunningStatistics::named);
    }

    private static StockRatios fit(
            ModelStockConfig config,
            Collection<String> names,
            Function<String, List<Tensor>> read,
            Predicate<String> statistics) {
        Predicate<String> averaged = ModelStock.averaged(config, statistics);
        var byGroup = new LinkedHashMap<String, Tensor>();
        var members = new LinkedHashMap<String, List<String>>();
        var anchorNorms = new LinkedHashMap<String, Double>();
        for (String name : names) {
            try (var scope = Scope.open();
                    var off = Tensors.noGrad()) {
                List<Tensor> tensors = read.apply(name);
                if (!tensors.get(0).is_floating_point() || averaged.test(name)) {
                    continue;
                }
                Agreement.sameShapes(name, tensors);
                Tensor gram = Gram.of(
                        tensors.get(0), tensors.subList(1, tensors.size()), config.granularity() == Granularity.ROW);
                if (!gram.isfinite().all().item_bool()) {
                    Agreement.finite(name, tensors);
                }
                String group = group(config, name);
                Tensor sum = byGroup.get(group);
                if (sum == null) {
                    byGroup.put(group, Scope.own(gram));
                } else {
                    sum.add_(gram);
                }
                members.computeIfAbsent(group, key -> new ArrayList<>()).add(name);
                double square =
                        tensors.get(0).to(ScalarType.Double).square().sum().item_double();
                anchorNorms.merge(group, square, Double::sum);
            }
        }
        var ratios = new LinkedHashMap<String, StockRatio>();
        byGroup.forEach((group, gram) -> {
            StockRatio ratio = StockRatio.of(config, gram);
            gram.close();
            Objects.requireNonNull(members.get(group)).forEach(name -> ratios.put(name, ratio));
        });
        var byName = new LinkedHashMap<String, StockRatio>(); // in the order of the model, whatever the groups
        names.stream()
                .filter(ratios::containsKey)
                .forEach(name -> byName.put(name, Objects.requireNonNull(ratios.get(name))));
        return new StockRatios(config, byName, warnings(members, byName, anchorNorms));
    }

    /**
     * The ratios of models in memory, running statistics known by their names.
     *
     * @param anchor w_0, by name
     * @param models two or more, by the same names and of the same shapes
     * @throws org.counterweight.weights.WeightsException if names or shapes differ, or a number is not finite
     */
    public static StockRatios fit(
            ModelStockConfig config, Map<String, Tensor> anchor, List<? extends Map<String, Tensor>> models) {
        return fit(config, anchor, models, RunningStatistics::named);
    }

    /**
     * The ratios of models in memory; names that share a tensor share its ratio, which is the first name's.
     *
     * @param statistics which tensors are figures of the activations and have no ratio
     */
    public static StockRatios fit(
            ModelStockConfig config,
            Map<String, Tensor> anchor,
            List<? extends Map<String, Tensor>> models,
            Predicate<String> statistics) {
        Agreement.atLeast("model_stock", 2, models.size());
        List<Map<String, Tensor>> all = joined(anchor, models);
        Agreement.sameNames(all);
        Map<String, String> firsts = InMemory.firsts(all); // what several names share must count once in its group
        StockRatios once =
                fit(config, new LinkedHashSet<>(firsts.values()), name -> InMemory.of(all, name), statistics);
        var byName = new LinkedHashMap<String, StockRatio>();
        firsts.forEach((name, first) -> {
            StockRatio ratio = once.byName.get(first);
            if (ratio != null) {
                byName.put(name, ratio);
            }
        });
        return new StockRatios(config, byName, once.warnings);
    }

    /**
     * The merged model of models in memory, the second pass: {@code w = t mean(w_k) + (1 − t) w_0}, in the anchor's types; belongs to
     * the open scope.
     *
     * @param anchor and {@code models}: those that the ratios were found for
     */
    public Map<String, Tensor> merge(Map<String, Tensor> anchor, List<? extends Map<String, Tensor>> models) {
        return InMemory.merge(combiner(), joined(anchor, models));
    }

    private static List<Map<String, Tensor>> joined(
            Map<String, Tensor> anchor, List<? extends Map<String, Tensor>> models) {
        var all = new ArrayList<Map<String, Tensor>>();
        all.add(anchor);
        all.addAll(models);
        return all;
    }

    /** Second pass: each tensor with the ratio that was found for it. */
    public Combiner combiner() {
        return (name, tensors) -> {
            List<Tensor> models = tensors.subList(1, tensors.size());
            StockRatio ratio = byName.get(name);
            return ratio == null
                    ? ModelStock.mean(name, models)
                    : ModelStock.interpolate(tensors.get(0), models, ratio.ratio());
        };
    }

    private static String group(ModelStockConfig config, String name) {
        return switch (config.granularity()) {
            case TENSOR, ROW -> name;
            case LAYER -> LayerName.group(name);
            case GLOBAL -> "";
        };
    }

    /** The tensors of a model that have a ratio, each with the name of its group. */
    static Map<String, String> groups(
            ModelStockConfig config, Map<String, Tensor> model, Predicate<String> statistics) {
        Predicate<String> averaged = ModelStock.averaged(config, statistics);
        var groups = new LinkedHashMap<String, String>();
        model.forEach((name, tensor) -> {
            if (tensor.is_floating_point() && !averaged.test(name)) {
                groups.put(name, group(config, name));
            }
        });
        return groups;
    }

    private static List<String> warnings(
            Map<String, List<String>> members, Map<String, StockRatio> byName, Map<String, Double> anchorSquares) {
        var warnings = new ArrayList<String>();
        double[] moved = new double[0];
        int strange = 0;
        double cosines = 0;
        double distances = 0;
        for (var entry : members.entrySet()) {
            StockRatio ratio =
                    Objects.requireNonNull(byName.get(entry.getValue().get(0)));
            double[] squares = squaredNorms(ratio);
            moved = moved.length == 0 ? new double[squares.length] : moved;
            for (int i = 0; i < squares.length; i++) {
                moved[i] += squares[i];
            }
            double relative = Math.sqrt(Arrays.stream(squares).average().orElse(0)
                    / Math.max(Double.MIN_NORMAL, Objects.requireNonNull(anchorSquares.get(entry.getKey()))));
            double cosine = Arrays.stream(toDoubles(ratio.cosine())).average().orElse(0);
            cosines += cosine / members.size();
            distances += relative / members.size();
            strange += Math.abs(cosine) < ALIKE && relative > FAR ? 1 : 0;
        }
        for (int i = 0; i < moved.length; i++) {
            if (moved[i] == 0) {
                warnings.add("model " + (i + 1) + " equals the anchor: its pairs count with a cosine of 0");
            }
        }
        if (2 * strange > members.size()) {
            warnings.add(String.format(
                    Locale.ROOT,
                    "%d of %d groups have a cosine near 0 and deltas as large as the weights (mean cosine %.3f, mean"
                            + " relative distance %.2f): were these models fine-tuned from this anchor?",
                    strange,
                    members.size(),
                    cosines,
                    distances));
        }
        return warnings;
    }

    private static double[] squaredNorms(StockRatio ratio) {
        try (var scope = Scope.open()) {
            return toDoubles(Tensors.sum(ratio.norms().square(), false, 0));
        }
    }

    /** One line a tensor, in the order of the model. */
    public List<Row> rows() {
        var rows = new ArrayList<Row>();
        byName.forEach((name, ratio) -> rows.add(new Row(
                name,
                group(config, name),
                Arrays.stream(toDoubles(ratio.cosine())).average().orElse(Double.NaN),
                Arrays.stream(toDoubles(ratio.degrees())).average().orElse(Double.NaN),
                ratio.meanRatio(),
                ratio.clampedGroups(),
                Arrays.stream(squaredNorms(ratio)).map(Math::sqrt).boxed().toList())));
        return rows;
    }

    /** How many ratios the bounds changed, over all groups. */
    public long clamped() {
        return byName.values().stream()
                .distinct()
                .mapToLong(StockRatio::clampedGroups)
                .sum();
    }
}
