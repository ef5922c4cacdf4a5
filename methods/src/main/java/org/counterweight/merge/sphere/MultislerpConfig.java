package org.counterweight.merge.sphere;

import java.util.Arrays;
import java.util.List;
import org.counterweight.config.Checks;
import org.counterweight.config.ConfigException;
import org.counterweight.config.Setting;
import org.counterweight.merge.method.Blockwise;
import org.counterweight.merge.method.MergeConfig;
import org.counterweight.merge.method.MergeSite;
import org.counterweight.merge.method.Takes;

/** Settings of {@link MultislerpMerge}: a weighted mean of directions, of the models or of their differences from a base. */
@Takes(base = Takes.Base.OPTIONAL)
public record MultislerpConfig(
        @Setting(value = "What each model counts", example = "[0.5, 0.5]", range = "finite")
        List<Double> weight,

        @Setting(value = "Whether weights are divided by their sum", defaultsTo = "true")
        boolean normalizeWeights,

        @Setting(
                value = "Directions whose mean is shorter than this cancel out",
                defaultsTo = "1e-8",
                range = "above 0")
        double eps)
        implements MergeConfig {

    public MultislerpConfig {
        Checks.ranges(MultislerpConfig.class, "multislerp", weight, eps);
        weight = Checks.some("multislerp.weight", weight);
    }

    @Override
    public Blockwise merge(MergeSite site) {
        double[] weights = site.each("multislerp.weight", weight);
        double sum = Arrays.stream(weights).sum();
        if (normalizeWeights) {
            if (sum == 0) {
                throw new ConfigException(
                        site.tensor() + ": the weights sum to 0, by which normalize_weights would divide;"
                                + " change one, or set normalize_weights: false");
            }
            for (int i = 0; i < weights.length; i++) {
                weights[i] /= sum;
            }
        }
        int[] others = site.others().stream().mapToInt(Integer::intValue).toArray();
        return Blockwise.of(site, () -> new MultislerpMerge(site.tensor(), others, site.base(), weights, eps));
    }
}
