package org.counterweight.merge.soup;

import org.counterweight.config.Checks;
import org.counterweight.config.ConfigException;
import org.counterweight.config.Setting;
import org.counterweight.merge.LayerName;
import org.counterweight.merge.method.Blockwise;
import org.counterweight.merge.method.MergeConfig;
import org.counterweight.merge.method.MergeSite;
import org.counterweight.merge.method.Takes;
import org.jspecify.annotations.Nullable;

/**
 * Less of an update in early layers, which are general, than in late ones: w = w_0 + λ(l) (w_1 − w_0) with λ(l) = α + β l /
 * (L − 1). Tensors before, behind and beside the layers take α; with a single layer λ = α. w_0 is the base.
 *
 * <p>K. Wang et al., "LiNeS: Post-training layer scaling prevents forgetting and enhances model merging", ICLR 2025.
 */
@Takes(base = Takes.Base.REQUIRED, most = 1)
public record LinesConfig(
        @Setting(
                value = "Share of the update in the first layer, and outside the layers",
                defaultsTo = "0.1",
                range = "finite")
        double alpha,

        @Setting(
                value = "What the last layer has more; 1 - alpha if null",
                defaultsTo = "null",
                range = "finite; null is 1 - alpha")
        @Nullable
        Double beta,

        @Setting(
                value = "Number of layers; counted from the names if null",
                defaultsTo = "null",
                range = "at least 1; null counts the layers")
        @Nullable
        Integer blocks)
        implements MergeConfig {

    public LinesConfig {
        Checks.ranges(LinesConfig.class, "lines", alpha, beta, blocks);
    }

    @Override
    public Blockwise merge(MergeSite site) {
        return site.towards(share(site.tensor(), site.layers()));
    }

    /**
     * λ of the layer that a tensor belongs to.
     *
     * @param layers how many were counted
     * @throws ConfigException if {@code blocks} are fewer
     */
    public double share(String tensor, int layers) {
        if (blocks != null && layers > blocks) {
            throw new ConfigException("lines.blocks", blocks, "at least " + layers + ": the names have so many layers");
        }
        int last = (blocks == null ? layers : blocks) - 1;
        int layer = LayerName.number(tensor).orElse(0);
        return last < 1 ? alpha : alpha + (beta == null ? 1 - alpha : beta) * layer / last;
    }
}
