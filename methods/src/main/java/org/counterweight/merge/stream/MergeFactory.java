package org.counterweight.merge.stream;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.counterweight.config.ConfigException;
import org.counterweight.config.Configs;
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
import org.counterweight.merge.block.TensorMerge;
import org.counterweight.merge.mergekit.MergeMethod;
import org.counterweight.merge.mergekit.TensorParameters;
import org.counterweight.merge.soup.Lines;
import org.counterweight.merge.soup.LinesConfig;
import org.counterweight.merge.soup.WiseFtConfig;
import org.counterweight.merge.thin.Draws;
import org.counterweight.merge.thin.RandomThinning;
import org.counterweight.weights.DType;
import org.jspecify.annotations.Nullable;

/**
 * Makes the merge of one tensor from the parameters that hold for it. Everything that can be wrong with them is found here,
 * before anything is read.
 *
 * @param base the index of the base among the inputs; −1 if there is none
 * @param work the type in which mergekit computes
 * @param layers how many layers the output has
 * @param masks what decides of each model's elements where chance does
 */
record MergeFactory(
        MergeMethod method,
        MergeOptions options,
        TensorParameters parameters,
        long[] shape,
        int base,
        DType work,
        int layers,
        IntFunction<RandomThinning.Mask> masks) {
    /** With masks drawn for each model from the seed and the tensor's name. */
    static MergeFactory of(
            MergeMethod method,
            MergeOptions options,
            TensorParameters parameters,
            long[] shape,
            int base,
            DType work,
            int layers) {
        return new MergeFactory(
                method,
                options,
                parameters,
                shape,
                base,
                work,
                layers,
                model -> Draws.of(options.randomSeed(), model, parameters.name()));
    }

    /**
     * How a tensor will be merged.
     *
     * @param granularity blocks hold a multiple of so many elements
     * @param inputs the indices of the inputs that it needs, in their order; others are not read
     */
    record Made(long granularity, List<Integer> inputs, Supplier<TensorMerge> merge) {}

    Made made(long granularity, Supplier<TensorMerge> merge) {
        return new Made(
                granularity,
                IntStream.range(0, parameters.sources().size()).boxed().toList(),
                merge);
    }

    /** Null for one rounding at the end. */
    @Nullable
    Rounding rounding() {
        return options.isExact() ? null : Rounding.of(work);
    }

    Made make() {
        return switch (method) {
            case LINEAR -> linear();
            case PASSTHROUGH -> passthrough();
            case SLERP -> slerp();
            case NUSLERP -> nuslerp();
            case MODEL_STOCK -> stock();
            case WISE_FT -> towards(wiseFt());
            case LINES -> towards(lines());
            case UNIFORM_SOUP, GREEDY_SOUP -> soup();
            case TASK_ARITHMETIC, TIES, DARE_TIES, DARE_LINEAR, BREADCRUMBS, BREADCRUMBS_TIES, DELLA, DELLA_LINEAR ->
                new TaskVectorFactory(this, others()).make();
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

    /** The mean of all; a greedy soup is that of the models which were chosen before. */
    private Made soup() {
        double[] weights = new double[parameters.sources().size()];
        Arrays.fill(weights, 1);
        return made(1, () -> new LinearMerge(weights, true, rounding()));
    }

    /** From the base so far towards the other model. */
    private Made towards(double share) {
        double[] weights = new double[2];
        weights[base] = 1 - share;
        weights[1 - base] = share;
        return made(1, () -> new LinearMerge(weights, false, rounding()));
    }

    private double wiseFt() {
        double alpha =
                parameters.number("alpha", Configs.defaults(WiseFtConfig.class).alpha());
        if (!(alpha >= 0 && alpha <= 1)) {
            throw new ConfigException(
                    "parameters.alpha (" + parameters.name() + ")", alpha, "the share of the tuned model, in [0, 1]");
        }
        return alpha;
    }

    private double lines() {
        double alpha =
                parameters.number("alpha", Configs.defaults(LinesConfig.class).alpha());
        double beta = parameters.number("beta", 1 - alpha);
        return new Lines(alpha, beta, Math.max(1, layers)).factor(parameters.name());
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
}
