package org.counterweight.merge.vector;

import java.util.List;
import org.counterweight.config.Checks;
import org.counterweight.config.Setting;
import org.counterweight.merge.method.Blockwise;
import org.counterweight.merge.method.MergeConfig;
import org.counterweight.merge.method.MergeSite;
import org.counterweight.merge.method.Takes;

/**
 * Of each difference chance keeps a part, the larger elements of a row more probably, and of these those count that have the
 * elected sign.
 *
 * <p>P. Deep, R. Bhardwaj and S. Poria, "DELLA-Merging: Reducing Interference in Model Merging through Magnitude-Based
 * Sampling", 2024.
 */
@Takes(base = Takes.Base.REQUIRED, least = 0, differences = true)
public record DellaConfig(
        @Setting(value = "What each model's difference counts", example = "[0.5, 0.5]", range = "finite")
        List<Double> weight,

        @Setting(
                value = "The share of each difference that is kept",
                defaultsTo = "[1.0]",
                range = "[0, 1]; the share of elements that is kept",
                example = "[0.5]")
        List<Double> density,

        @Setting(
                value = "How far the probabilities reach from the density on both sides",
                defaultsTo = "[0.15]",
                range = "at least 0; density ± epsilon within (0, 1)")
        List<Double> epsilon,

        @Setting(
                value = "Whether the sum is divided by that of the weights, of those that are elected",
                defaultsTo = "true")
        boolean normalize,

        @Setting(value = "Whether what is kept is made up for what is not", defaultsTo = "true")
        boolean rescale,

        @Setting(
                value = "How: by the sum of magnitudes, or divided by the probability as in the paper",
                defaultsTo = "\"l1\"",
                oneOf = {"l1", "inverse_density"})
        RescaleMode rescaleMode,

        @Setting(value = "The merged difference is multiplied by it", defaultsTo = "1.0", range = "finite")
        double lambda)
        implements MergeConfig {

    public DellaConfig {
        Checks.ranges(DellaConfig.class, "della", weight, density, epsilon, lambda);
        weight = Checks.some("della.weight", weight);
        density = Checks.some("della.density", density);
        epsilon = Checks.some("della.epsilon", epsilon);
    }

    @Override
    public Blockwise merge(MergeSite site) {
        var vectors = new TaskVectors("della", site);
        double[] densities = vectors.each("density", density);
        double[] reaches = vectors.each("epsilon", epsilon);
        var chance = new Chance(vectors, rescale, rescaleMode);
        return vectors.merge(
                weight,
                chance.rules(true, normalize, lambda),
                chance.row(),
                (k, model) -> chance.byRank(model, densities[k], reaches[k]));
    }
}
