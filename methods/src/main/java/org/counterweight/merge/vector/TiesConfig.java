package org.counterweight.merge.vector;

import java.util.List;
import org.counterweight.config.Checks;
import org.counterweight.config.Setting;
import org.counterweight.merge.block.TaskVectorMerge.Rules;
import org.counterweight.merge.method.Blockwise;
import org.counterweight.merge.method.MergeConfig;
import org.counterweight.merge.method.MergeSite;
import org.counterweight.merge.method.Takes;

/**
 * Of each difference the largest elements are kept, a sign is elected for each element, and those that have it count.
 *
 * <p>P. Yadav et al., "TIES-Merging: resolving interference when merging models", NeurIPS 2023. As in mergekit the weights
 * take part in the election; with equal ones it is the paper's.
 */
@Takes(base = Takes.Base.REQUIRED, least = 0, differences = true)
public record TiesConfig(
        @Setting(value = "What each model's difference counts", example = "[0.5, 0.5]", range = "finite")
        List<Double> weight,

        @Setting(
                value = "The share of each difference that is kept",
                defaultsTo = "[1.0]",
                range = "[0, 1]; the share of elements that is kept",
                example = "[0.5]")
        List<Double> density,

        @Setting(
                value = "Whether the sum is divided by that of the weights, of those that are elected",
                defaultsTo = "true")
        boolean normalize,

        @Setting(value = "Whether each difference gets the sum of magnitudes back that it had", defaultsTo = "false")
        boolean rescale,

        @Setting(value = "The merged difference is multiplied by it", defaultsTo = "1.0", range = "finite")
        double lambda)
        implements MergeConfig {

    public TiesConfig {
        Checks.ranges(TiesConfig.class, "ties", weight, density, lambda);
        weight = Checks.some("ties.weight", weight);
        density = Checks.some("ties.density", density);
    }

    @Override
    public Blockwise merge(MergeSite site) {
        var vectors = new TaskVectors("ties", site);
        double[] densities = vectors.each("density", density);
        var rules = new Rules(true, normalize, rescale, lambda, site.rounding());
        return vectors.merge(weight, rules, (k, model) -> vectors.largest(densities[k]));
    }
}
