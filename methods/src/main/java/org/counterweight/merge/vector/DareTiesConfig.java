package org.counterweight.merge.vector;

import java.util.List;
import org.counterweight.config.Checks;
import org.counterweight.config.Setting;
import org.counterweight.merge.method.Blockwise;
import org.counterweight.merge.method.MergeConfig;
import org.counterweight.merge.method.MergeSite;
import org.counterweight.merge.method.Takes;

/**
 * Of each difference chance keeps a part, and of the rest those elements count that have the elected sign.
 *
 * <p>L. Yu et al., "Language Models are Super Mario: Absorbing Abilities from Homologous Models as a Free Lunch", ICML 2024.
 */
@Takes(base = Takes.Base.REQUIRED, least = 0, differences = true)
public record DareTiesConfig(
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
                defaultsTo = "false")
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

    public DareTiesConfig {
        Checks.ranges(DareTiesConfig.class, "dare_ties", weight, density, lambda);
        weight = Checks.some("dare_ties.weight", weight);
        density = Checks.some("dare_ties.density", density);
    }

    @Override
    public Blockwise merge(MergeSite site) {
        var vectors = new TaskVectors("dare_ties", site);
        double[] densities = vectors.each("density", density);
        var chance = new Chance(vectors, rescale, rescaleMode);
        return vectors.merge(
                weight, chance.rules(true, normalize, lambda), (k, model) -> chance.even(model, densities[k]));
    }
}
