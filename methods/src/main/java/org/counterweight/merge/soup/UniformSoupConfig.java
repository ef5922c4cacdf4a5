package org.counterweight.merge.soup;

import java.util.Arrays;
import org.counterweight.merge.block.LinearMerge;
import org.counterweight.merge.method.Blockwise;
import org.counterweight.merge.method.MergeConfig;
import org.counterweight.merge.method.MergeSite;
import org.counterweight.merge.method.Takes;

/**
 * The mean of all models; there is nothing to set.
 *
 * <p>M. Wortsman et al., "Model soups: averaging weights of multiple fine-tuned models improves accuracy without increasing
 * inference time", ICML 2022.
 */
@Takes
public record UniformSoupConfig() implements MergeConfig {
    @Override
    public Blockwise merge(MergeSite site) {
        double[] weights = new double[site.models()];
        Arrays.fill(weights, 1);
        return Blockwise.of(site, () -> new LinearMerge(weights, true, site.rounding()));
    }
}
