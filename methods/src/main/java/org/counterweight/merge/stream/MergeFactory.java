package org.counterweight.merge.stream;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.counterweight.config.ConfigException;
import org.counterweight.engine.Tensors;
import org.counterweight.merge.block.LinearMerge;
import org.counterweight.merge.block.NuslerpMerge;
import org.counterweight.merge.block.RoundedNuslerp;
import org.counterweight.merge.block.RoundedSlerp;
import org.counterweight.merge.block.RoundedStock;
import org.counterweight.merge.block.Rounding;
import org.counterweight.merge.block.ScaledCopy;
import org.counterweight.merge.block.SlerpMerge;
import org.counterweight.merge.block.StockMerge;
import org.counterweight.merge.block.TaskVectorMerge;
import org.counterweight.merge.block.TaskVectorMerge.Rules;
import org.counterweight.merge.block.TaskVectorMerge.TaskVector;
import org.counterweight.merge.block.TensorMerge;
import org.counterweight.merge.block.Thinning;
import org.counterweight.merge.mergekit.MergeMethod;
import org.counterweight.merge.mergekit.TensorParameters;
import org.counterweight.merge.thin.DellaProbability;
import org.counterweight.merge.thin.Draws;
import org.counterweight.merge.thin.MagnitudeThinning;
import org.counterweight.merge.thin.RandomThinning;
import org.counterweight.weights.DType;
import org.jspecify.annotations.Nullable;

/**
 * Makes the merge of one tensor from the parameters that hold for it. Everything that can be wrong with them is found here,
 * before anything is read.
 *
 * @param base the index of the base among the inputs; −1 if there is none
 * @param work the type in which mergekit computes
 * @param masks what decides of each model's elements where chance does
 */
record MergeFactory(
        MergeMethod method,
        MergeOptions options,
        TensorParameters parameters,
        long[] shape,
        int base,
        DType work,
        IntFunction<RandomThinning.Mask> masks) {
    /** With masks drawn for each model from the seed and the tensor's name. */
    static MergeFactory of(
            MergeMethod method, MergeOptions options, TensorParameters parameters, long[] shape, int base, DType work) {
        return new MergeFactory(
                method,
                options,
                parameters,
                shape,
                base,
                work,
                model -> Draws.of(options.randomSeed(), model, parameters.name()));
    }

    /**
     * How a tensor will be merged.
     *
     * @param granularity blocks hold a multiple of so many elements
     * @param inputs the indices of the inputs that it needs, in their order; others are not read
     */
    record Made(long granularity, List<Integer> inputs, Supplier<TensorMerge> merge) {}

    private Made made(long granularity, Supplier<TensorMerge> merge) {
        return new Made(
                granularity,
                IntStream.range(0, parameters.sources().size()).boxed().toList(),
                merge);
    }

    /** Null for one rounding at the end. */
    private @Nullable Rounding rounding() {
        return options.isExact() ? null : Rounding.of(work);
    }

    Made make() {
        return switch (method) {
            case LINEAR -> linear();
            case PASSTHROUGH -> passthrough();
            case SLERP -> slerp();
            case NUSLERP -> nuslerp();
            case MODEL_STOCK -> stock();
            case TASK_ARITHMETIC, TIES, DARE_TIES, DARE_LINEAR, BREADCRUMBS, BREADCRUMBS_TIES, DELLA, DELLA_LINEAR ->
                taskVectors();
        };
    }

    private Made linear() {
        double[] weights = new double[parameters.sources().size()];
        double total = 0;
        for (int i = 0; i < weights.length; i++) {
            weights[i] = parameters.number(i, "weight", null);
            total += weights[i];
        }
        boolean normalize = parameters.flag("normalize", true);
        if (normalize && total == 0) {
            throw new ConfigException(
                    parameters.name() + ": the weights sum to 0, by which normalize would divide; change one, or set"
                            + " normalize: false");
        }
        return made(1, () -> new LinearMerge(weights, normalize, rounding()));
    }

    private Made passthrough() {
        double scale = parameters.number(0, "scale", 1.0);
        return made(1, () -> new ScaledCopy(scale));
    }

    private Made slerp() {
        double t = parameters.number("t", null);
        return made(1, () -> options.isExact() ? new SlerpMerge(t, base) : new RoundedSlerp(t, base));
    }

    private Made nuslerp() {
        List<Integer> others = others();
        double first = parameters.number(others.get(0), "weight", null);
        double second = parameters.number(others.get(1), "weight", null);
        double t = Math.abs(first + second) < 1e-6 ? 0.5 : second / (first + second);
        boolean flat = parameters.flag("nuslerp_flatten", true) || shape.length == 0;
        boolean swapped = parameters.flag("nuslerp_row_wise", false);
        boolean columns = !flat && swapped && shape.length > 1;
        long width = flat || shape.length == 0
                ? 1
                : columns ? Tensors.length(shape) / Math.max(1, shape[0]) : shape[shape.length - 1];
        NuslerpMerge.Vectors vectors =
                flat ? NuslerpMerge.Vectors.WHOLE : columns ? NuslerpMerge.Vectors.COLUMNS : NuslerpMerge.Vectors.ROWS;
        Rounding rounding = rounding();
        return made(
                width,
                () -> rounding == null
                        ? new NuslerpMerge(t, others.get(0), others.get(1), base, vectors, width)
                        : new RoundedNuslerp(rounding, t, others.get(0), others.get(1), base, vectors, width));
    }

    private Made stock() {
        boolean byRow = parameters.flag("filter_wise", false) && shape.length > 0;
        long width = byRow ? shape[shape.length - 1] : 1;
        boolean mergekits =
                parameters.word("stock_eps", List.of("exact", "mergekit")).equals("mergekit");
        boolean clamped = parameters.flag("clamp_t", false);
        int models = others().size();
        Rounding rounding = rounding();
        return made(
                width,
                () -> rounding == null
                        ? new StockMerge(new StockMerge.Ratio(mergekits, clamped), base, models, byRow, width)
                        : new RoundedStock(rounding, clamped, base, models, byRow, width));
    }

    private List<Integer> others() {
        var others = new ArrayList<Integer>();
        for (int i = 0; i < parameters.sources().size(); i++) {
            if (i != base) {
                others.add(i);
            }
        }
        return others;
    }

    private Made taskVectors() {
        List<Integer> others = others();
        if (others.isEmpty()) {
            return new Made(1, List.of(Math.max(0, base)), () -> new ScaledCopy(1)); // the base stays
        }
        double[] weights = new double[others.size()];
        for (int i = 0; i < weights.length; i++) {
            weights[i] = parameters.number(others.get(i), "weight", null);
        }
        Rules rules = rules();
        var thinnings = new ArrayList<Supplier<@Nullable Thinning>>();
        for (int model : others) {
            thinnings.add(thinning(model, rules.rescale()));
        }
        return made(granularity(), () -> {
            var vectors = new ArrayList<TaskVector>();
            for (int i = 0; i < weights.length; i++) {
                vectors.add(new TaskVector(
                        others.get(i), weights[i], thinnings.get(i).get()));
            }
            return new TaskVectorMerge(base, vectors, rules);
        });
    }

    private Rules rules() {
        boolean random = isRandom();
        boolean dividesByDensity = random && dividesByDensity();
        return new Rules(
                switch (method) {
                    case TIES, DARE_TIES, BREADCRUMBS_TIES, DELLA -> true;
                    default -> false;
                },
                parameters.flag("normalize", method == MergeMethod.TIES || method == MergeMethod.DELLA),
                parameters.flag("rescale", random) && !dividesByDensity,
                parameters.number("lambda", 1.0),
                rounding());
    }

    private boolean isRandom() {
        return switch (method) {
            case DARE_TIES, DARE_LINEAR, DELLA, DELLA_LINEAR -> true;
            default -> false;
        };
    }

    private boolean dividesByDensity() {
        return parameters.word("rescale_mode", List.of("l1", "inverse_density")).equals("inverse_density")
                && parameters.flag("rescale", true);
    }

    private boolean isDella() {
        return method == MergeMethod.DELLA || method == MergeMethod.DELLA_LINEAR;
    }

    /** What DELLA ranks together must lie in one block: a row, or the whole of a vector. */
    private long granularity() {
        if (!isDella()) {
            return 1;
        }
        return shape.length < 2 ? Math.max(1, Tensors.length(shape)) : Math.max(1, Tensors.length(shape) / shape[0]);
    }

    private Supplier<@Nullable Thinning> thinning(int model, boolean rescale) {
        if (method == MergeMethod.TASK_ARITHMETIC) {
            return () -> null;
        }
        double density = parameters.number(model, "density", 1.0);
        if (!(density >= 0 && density <= 1)) {
            throw new ConfigException(at("density", model), density, "the share of elements that is kept, in [0, 1]");
        }
        long size = Tensors.length(shape);
        if (density >= 1 || size == 0) {
            return () -> null;
        }
        return switch (method) {
            case TIES -> {
                long kept = kept(model, density, size);
                yield () -> MagnitudeThinning.largest(kept, size);
            }
            case BREADCRUMBS, BREADCRUMBS_TIES -> breadcrumbs(model, density, size);
            case DELLA, DELLA_LINEAR -> della(model, density);
            default -> {
                RandomThinning.Mask mask = masks.apply(model);
                boolean divides = dividesByDensity();
                Rounding rounding = rounding();
                double probability = rounding == null ? density : rounding.of(density);
                yield () -> new RandomThinning(RandomThinning.even(probability), mask, divides);
            }
        };
    }

    private String at(String key, int model) {
        return "parameters." + key + " of "
                + parameters.sources().get(model).model().text() + " (" + parameters.name() + ")";
    }

    private long kept(int model, double density, long size) {
        long kept = Math.min(size, Math.max((long) Math.floor(density * size), options.minKeep()));
        if (kept < 1) {
            throw new ConfigException(at("density", model) + ": " + density + " of " + size
                    + " elements keeps none; raise it, or keep at least one with --min-keep 1");
        }
        return kept;
    }

    private Supplier<@Nullable Thinning> breadcrumbs(int model, double density, long size) {
        double gamma = parameters.number(model, "gamma", 0.01);
        if (!(gamma >= 0 && gamma <= 1)) {
            throw new ConfigException(at("gamma", model), gamma, "a fraction in [0, 1]");
        }
        long kept = kept(model, density, size);
        long top = (long) Math.floor(gamma * size);
        long bottom = size - kept - top;
        if (bottom < 0) {
            top += bottom;
            bottom = 0;
        }
        if (top == 0 && !options.isExact()) { // there the empty end of a slice drops everything
            return () -> (delta, count, from) -> Arrays.fill(delta, 0, count, 0);
        }
        long from = bottom;
        long to = size - top;
        return () -> MagnitudeThinning.between(from, to, size);
    }

    private Supplier<@Nullable Thinning> della(int model, double density) {
        if (density <= 0) {
            return () -> (delta, count, from) -> Arrays.fill(delta, 0, count, 0);
        }
        double epsilon = parameters.number(model, "epsilon", 0.15);
        if (!(epsilon >= 0)) {
            throw new ConfigException(at("epsilon", model), epsilon, "a number of at least 0");
        }
        if (!(density + epsilon < 1 && density - epsilon > 0)) {
            throw new ConfigException(at("density", model) + ": density ± epsilon must lie within (0, 1), found "
                    + density + " ± " + epsilon);
        }
        int ranked = Math.toIntExact(shape.length < 2 ? Tensors.length(shape) : shape[1]);
        int inner = Math.toIntExact(shape.length < 3 ? 1 : granularity() / ranked);
        RandomThinning.Mask mask = masks.apply(model);
        boolean divides = dividesByDensity();
        Rounding rounding = rounding();
        return () -> new RandomThinning(new DellaProbability(density, epsilon, ranked, inner, rounding), mask, divides);
    }
}
