package org.counterweight.merge.method;

import java.util.List;
import org.counterweight.config.Checks;
import org.counterweight.config.ConfigException;
import org.counterweight.config.Setting;
import org.counterweight.merge.block.LinearMerge;

/**
 * The weighted mean or sum of models: w = Σ a_i w_i, divided by Σ a_i if {@code normalize}.
 *
 * <p>M. Wortsman et al., "Model soups: averaging weights of multiple fine-tuned models improves accuracy without increasing
 * inference time", ICML 2022.
 */
@Takes
public record LinearConfig(
        @Setting(value = "What each model counts", example = "[0.7, 0.3]", range = "finite")
        List<Double> weight,

        @Setting(value = "Whether the sum is divided by that of the weights", defaultsTo = "true")
        boolean normalize)
        implements MergeConfig {

    public LinearConfig {
        Checks.ranges(LinearConfig.class, "linear", weight);
        weight = Checks.some("linear.weight", weight);
    }

    @Override
    public Blockwise merge(MergeSite site) {
        double[] weights = site.each("linear.weight", weight);
        double total = 0;
        for (double each : weights) {
            total += each;
        }
        if (normalize && total == 0) {
            throw new ConfigException(
                    site.tensor() + ": the weights sum to 0, by which normalize would divide; change one, or set"
                            + " normalize: false");
        }
        return Blockwise.of(site, () -> new LinearMerge(weights, normalize, site.rounding()));
    }
}
