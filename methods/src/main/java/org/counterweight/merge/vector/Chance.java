package org.counterweight.merge.vector;

import java.util.function.Supplier;
import org.counterweight.config.ConfigException;
import org.counterweight.merge.block.Rounding;
import org.counterweight.merge.block.TaskVectorMerge.Rules;
import org.counterweight.merge.block.Thinning;
import org.counterweight.merge.method.MergeSite;
import org.counterweight.merge.thin.DellaProbability;
import org.counterweight.merge.thin.RandomThinning;
import org.jspecify.annotations.Nullable;

/**
 * Differences of which chance keeps a part: DARE and DELLA.
 *
 * @param rescale whether what is kept is made up for what is not
 */
record Chance(TaskVectors vectors, boolean rescale, RescaleMode mode) {
    Rules rules(boolean consensus, boolean normalize, double lambda) {
        return new Rules(consensus, normalize, rescale && mode == RescaleMode.L1, lambda, site().rounding());
    }

    private boolean divides() {
        return rescale && mode == RescaleMode.INVERSE_DENSITY;
    }

    private MergeSite site() {
        return vectors.site();
    }

    /** DARE: all elements with the same probability. */
    Supplier<@Nullable Thinning> even(int model, double density) {
        if (vectors.isWhole(density)) {
            return TaskVectors.whole();
        }
        Rounding rounding = site().rounding();
        double probability = rounding == null ? density : rounding.of(density);
        RandomThinning.Mask mask = site().masks().apply(model);
        return () -> new RandomThinning(RandomThinning.even(probability), mask, divides());
    }

    /**
     * DELLA: the larger ones of a row more probably.
     *
     * @throws ConfigException if a probability would not lie within (0, 1)
     */
    Supplier<@Nullable Thinning> byRank(int model, double density, double epsilon) {
        if (vectors.isWhole(density)) {
            return TaskVectors.whole();
        }
        if (density <= 0) {
            return TaskVectors.nothing();
        }
        if (!(density + epsilon < 1 && density - epsilon > 0)) {
            throw new ConfigException(vectors.method() + ".density (" + site().tensor()
                    + "): density ± epsilon must lie within (0, 1), found " + density + " ± " + epsilon);
        }
        long[] shape = site().shape();
        int ranked = Math.toIntExact(shape.length < 2 ? site().size() : shape[1]);
        int inner = Math.toIntExact(shape.length < 3 ? 1 : row() / ranked);
        RandomThinning.Mask mask = site().masks().apply(model);
        Rounding rounding = site().rounding();
        return () ->
                new RandomThinning(new DellaProbability(density, epsilon, ranked, inner, rounding), mask, divides());
    }

    /** What is ranked together must lie in one block: a row, or the whole of a vector. */
    long row() {
        long[] shape = site().shape();
        return Math.max(1, shape.length < 2 ? site().size() : site().size() / shape[0]);
    }
}
