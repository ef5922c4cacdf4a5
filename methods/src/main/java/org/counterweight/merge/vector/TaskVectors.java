package org.counterweight.merge.vector;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import org.counterweight.config.ConfigException;
import org.counterweight.merge.block.ScaledCopy;
import org.counterweight.merge.block.TaskVectorMerge;
import org.counterweight.merge.block.TaskVectorMerge.Rules;
import org.counterweight.merge.block.TaskVectorMerge.TaskVector;
import org.counterweight.merge.block.Thinning;
import org.counterweight.merge.method.Blockwise;
import org.counterweight.merge.method.MergeSite;
import org.counterweight.merge.thin.MagnitudeThinning;
import org.jspecify.annotations.Nullable;

/**
 * The differences of models from their base, on their way into one tensor.
 *
 * @param method the name of the method, for messages
 */
record TaskVectors(String method, MergeSite site) {
    /** What sets a part of one model's difference to zero, made anew for each use; null for nothing. */
    @FunctionalInterface
    interface Thinnings {
        /**
         * @param k the number of the model among those beside the base
         * @param model its index among all
         */
        Supplier<@Nullable Thinning> of(int k, int model);
    }

    /** Nothing is set to zero. */
    static Supplier<@Nullable Thinning> whole() {
        return () -> null;
    }

    /** All is set to zero. */
    static Supplier<@Nullable Thinning> nothing() {
        return () -> (delta, count, from) -> Arrays.fill(delta, 0, count, 0);
    }

    Blockwise merge(List<Double> weight, Rules rules, Thinnings thinnings) {
        return merge(weight, rules, 1, thinnings);
    }

    /** @param granularity blocks hold a multiple of this many elements */
    Blockwise merge(List<Double> weight, Rules rules, long granularity, Thinnings thinnings) {
        List<Integer> others = site.others();
        if (others.isEmpty()) {
            return new Blockwise(1, List.of(Math.max(0, site.base())), () -> new ScaledCopy(1)); // the base stays
        }
        double[] weights = each("weight", weight);
        var thinning = new ArrayList<Supplier<@Nullable Thinning>>();
        for (int k = 0; k < weights.length; k++) {
            thinning.add(thinnings.of(k, others.get(k)));
        }
        return Blockwise.of(site, granularity, () -> {
            var vectors = new ArrayList<TaskVector>();
            for (int k = 0; k < weights.length; k++) {
                vectors.add(new TaskVector(
                        others.get(k), weights[k], thinning.get(k).get()));
            }
            return new TaskVectorMerge(site.base(), vectors, rules);
        });
    }

    /** The number of each model beside the base. */
    double[] each(String setting, List<Double> given) {
        return site.each(method + "." + setting, given);
    }

    /** Whether a difference of that density stays as it is. */
    boolean isWhole(double density) {
        return density >= 1 || site.size() == 0;
    }

    /** TIES: the largest by magnitude. */
    Supplier<@Nullable Thinning> largest(double density) {
        if (isWhole(density)) {
            return whole();
        }
        long size = site.size();
        long kept = kept(density);
        return () -> MagnitudeThinning.largest(kept, size);
    }

    /** Breadcrumbs: the largest by magnitude but for the share {@code gamma} beyond them. */
    Supplier<@Nullable Thinning> below(double density, double gamma) {
        if (isWhole(density)) {
            return whole();
        }
        long size = site.size();
        long kept = kept(density);
        long top = (long) Math.floor(gamma * size);
        long bottom = size - kept - top;
        if (bottom < 0) {
            top += bottom;
            bottom = 0;
        }
        if (top == 0 && site.rounding() != null) { // in mergekit the empty end of a slice drops everything
            return nothing();
        }
        long from = bottom;
        long to = size - top;
        return () -> MagnitudeThinning.between(from, to, size);
    }

    private long kept(double density) {
        long size = site.size();
        long kept = Math.min(size, Math.max((long) Math.floor(density * size), site.minKeep()));
        if (kept < 1) {
            throw new ConfigException(method + ".density (" + site.tensor() + "): " + density + " of " + size
                    + " elements keeps none; raise it, or keep at least one with --min-keep 1");
        }
        return kept;
    }
}
