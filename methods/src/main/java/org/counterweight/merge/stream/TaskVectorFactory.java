package org.counterweight.merge.stream;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import org.counterweight.config.ConfigException;
import org.counterweight.engine.Tensors;
import org.counterweight.merge.block.Rounding;
import org.counterweight.merge.block.ScaledCopy;
import org.counterweight.merge.block.TaskVectorMerge;
import org.counterweight.merge.block.TaskVectorMerge.Rules;
import org.counterweight.merge.block.TaskVectorMerge.TaskVector;
import org.counterweight.merge.block.Thinning;
import org.counterweight.merge.mergekit.MergeMethod;
import org.counterweight.merge.mergekit.TensorParameters;
import org.counterweight.merge.stream.MergeFactory.Made;
import org.counterweight.merge.thin.DellaProbability;
import org.counterweight.merge.thin.MagnitudeThinning;
import org.counterweight.merge.thin.RandomThinning;
import org.jspecify.annotations.Nullable;

/**
 * Makes the merges that add weighted, thinned differences to a base.
 *
 * @param factory what holds for the tensor
 * @param others the indices of the inputs that are not the base
 */
record TaskVectorFactory(MergeFactory factory, List<Integer> others) {
    Made make() {
        if (others.isEmpty()) {
            return new Made(1, List.of(Math.max(0, factory.base())), () -> new ScaledCopy(1)); // the base stays
        }
        double[] weights = new double[others.size()];
        for (int i = 0; i < weights.length; i++) {
            weights[i] = parameters().number(others.get(i), "weight", null);
        }
        Rules rules = rules();
        var thinnings = new ArrayList<Supplier<@Nullable Thinning>>();
        for (int model : others) {
            thinnings.add(thinning(model, rules.rescale()));
        }
        return factory.made(granularity(), () -> {
            var vectors = new ArrayList<TaskVector>();
            for (int i = 0; i < weights.length; i++) {
                vectors.add(new TaskVector(
                        others.get(i), weights[i], thinnings.get(i).get()));
            }
            return new TaskVectorMerge(factory.base(), vectors, rules);
        });
    }

    private Rules rules() {
        boolean random = isRandom();
        boolean dividesByDensity = random && dividesByDensity();
        return new Rules(
                switch (method()) {
                    case TIES, DARE_TIES, BREADCRUMBS_TIES, DELLA -> true;
                    default -> false;
                },
                parameters().flag("normalize", method() == MergeMethod.TIES || method() == MergeMethod.DELLA),
                parameters().flag("rescale", random) && !dividesByDensity,
                parameters().number("lambda", 1.0),
                factory.rounding());
    }

    private boolean isRandom() {
        return switch (method()) {
            case DARE_TIES, DARE_LINEAR, DELLA, DELLA_LINEAR -> true;
            default -> false;
        };
    }

    private boolean dividesByDensity() {
        return parameters()
                        .word("rescale_mode", List.of("l1", "inverse_density"))
                        .equals("inverse_density")
                && parameters().flag("rescale", true);
    }

    private boolean isDella() {
        return method() == MergeMethod.DELLA || method() == MergeMethod.DELLA_LINEAR;
    }

    /** What DELLA ranks together must lie in one block: a row, or the whole of a vector. */
    private long granularity() {
        if (!isDella()) {
            return 1;
        }
        return shape().length < 2
                ? Math.max(1, Tensors.length(shape()))
                : Math.max(1, Tensors.length(shape()) / shape()[0]);
    }

    private Supplier<@Nullable Thinning> thinning(int model, boolean rescale) {
        if (method() == MergeMethod.TASK_ARITHMETIC) {
            return () -> null;
        }
        double density = parameters().number(model, "density", 1.0);
        if (!(density >= 0 && density <= 1)) {
            throw new ConfigException(at("density", model), density, "the share of elements that is kept, in [0, 1]");
        }
        long size = Tensors.length(shape());
        if (density >= 1 || size == 0) {
            return () -> null;
        }
        return switch (method()) {
            case TIES -> {
                long kept = kept(model, density, size);
                yield () -> MagnitudeThinning.largest(kept, size);
            }
            case BREADCRUMBS, BREADCRUMBS_TIES -> breadcrumbs(model, density, size);
            case DELLA, DELLA_LINEAR -> della(model, density);
            default -> {
                RandomThinning.Mask mask = factory.masks().apply(model);
                boolean divides = dividesByDensity();
                Rounding rounding = factory.rounding();
                double probability = rounding == null ? density : rounding.of(density);
                yield () -> new RandomThinning(RandomThinning.even(probability), mask, divides);
            }
        };
    }

    private String at(String key, int model) {
        return "parameters." + key + " of "
                + parameters().sources().get(model).model().text() + " ("
                + parameters().name() + ")";
    }

    private long kept(int model, double density, long size) {
        long kept = Math.min(
                size,
                Math.max((long) Math.floor(density * size), factory.options().minKeep()));
        if (kept < 1) {
            throw new ConfigException(at("density", model) + ": " + density + " of " + size
                    + " elements keeps none; raise it, or keep at least one with --min-keep 1");
        }
        return kept;
    }

    private Supplier<@Nullable Thinning> breadcrumbs(int model, double density, long size) {
        double gamma = parameters().number(model, "gamma", 0.01);
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
        if (top == 0 && !factory.options().isExact()) { // there the empty end of a slice drops everything
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
        double epsilon = parameters().number(model, "epsilon", 0.15);
        if (!(epsilon >= 0)) {
            throw new ConfigException(at("epsilon", model), epsilon, "a number of at least 0");
        }
        if (!(density + epsilon < 1 && density - epsilon > 0)) {
            throw new ConfigException(at("density", model) + ": density ± epsilon must lie within (0, 1), found "
                    + density + " ± " + epsilon);
        }
        int ranked = Math.toIntExact(shape().length < 2 ? Tensors.length(shape()) : shape()[1]);
        int inner = Math.toIntExact(shape().length < 3 ? 1 : granularity() / ranked);
        RandomThinning.Mask mask = factory.masks().apply(model);
        boolean divides = dividesByDensity();
        Rounding rounding = factory.rounding();
        return () -> new RandomThinning(new DellaProbability(density, epsilon, ranked, inner, rounding), mask, divides);
    }

    private MergeMethod method() {
        return factory.method();
    }

    private TensorParameters parameters() {
        return factory.parameters();
    }

    private long[] shape() {
        return factory.shape();
    }
}
