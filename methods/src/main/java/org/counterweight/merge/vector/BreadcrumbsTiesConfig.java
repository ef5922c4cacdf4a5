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
 * Of each difference the small elements and the outliers are dropped, and of the rest those count that have the elected
 * sign.
 *
 * <p>M. Davari and E. Belilovsky, "Model Breadcrumbs: Scaling Multi-Task Model Merging with Sparse Masks", ECCV 2024.
 */
@Takes(base = Takes.Base.REQUIRED, least = 0, differences = true)
public record BreadcrumbsTiesConfig(
        @Setting(value = "What each model's difference counts", example = "[0.5, 0.5]", range = "finite")
        List<Double> weight,

        @Setting(
                value = "The share of each difference that is kept",
                defaultsTo = "[1.0]",
                range = "[0, 1]; the share of elements that is kept",
                example = "[0.5]")
        List<Double> density,

        @Setting(
                value = "The share of each difference, the largest elements, that is dropped as outliers",
                defaultsTo = "[0.01]",
                range = "[0, 1]")
        List<Double> gamma,

        @Setting(
                value = "Whether the sum is divided by that of the weights, of those that are elected",
                defaultsTo = "false")
        boolean normalize,

        @Setting(value = "Whether each difference gets the sum of magnitudes back that it had", defaultsTo = "false")
        boolean rescale,

        @Setting(value = "The merged difference is multiplied by it", defaultsTo = "1.0", range = "finite")
        double lambda)
        implements MergeConfig {

    public BreadcrumbsTiesConfig {
        Checks.ranges(BreadcrumbsTiesConfig.class, "breadcrumbs_ties", weight, density, gamma, lambda);
        weight = Checks.some("breadcrumbs_ties.weight", weight);
        density = Checks.some("breadcrumbs_ties.density", density);
        gamma = Checks.some("breadcrumbs_ties.gamma", gamma);
    }

    @Override
    public Blockwise merge(MergeSite site) {
        var vectors = new TaskVectors("breadcrumbs_ties", site);
        double[] densities = vectors.each("density", density);
        double[] outliers = vectors.each("gamma", gamma);
        var rules = new Rules(true, normalize, rescale, lambda, site.rounding());
        return vectors.merge(weight, rules, (k, model) -> vectors.below(densities[k], outliers[k]));
    }
}
