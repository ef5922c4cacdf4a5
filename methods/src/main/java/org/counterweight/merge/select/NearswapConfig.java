package org.counterweight.merge.select;

import org.counterweight.config.Checks;
import org.counterweight.config.Setting;
import org.counterweight.merge.method.Blockwise;
import org.counterweight.merge.method.MergeConfig;
import org.counterweight.merge.method.MergeSite;
import org.counterweight.merge.method.Takes;

/**
 * The other model where it lies near the base, the base elsewhere: w = w_0 + min(1, t / |δ|) δ, so that no element moves
 * farther than t.
 *
 * <p>alchemonaut, "QuartetAnemoi-70B-t0.0001", 2024; as in mergekit.
 */
@Takes(base = Takes.Base.REQUIRED, most = 1)
public record NearswapConfig(
        @Setting(value = "How far an element moves at most", example = "0.001", range = "at least 0")
        double t) implements MergeConfig {
    private static final double LEAST = 1e-6; // of |δ|, as mergekit divides by it

    public NearswapConfig {
        Checks.ranges(NearswapConfig.class, "nearswap", t);
    }

    @Override
    public Blockwise merge(MergeSite site) {
        int base = site.base();
        int other = site.others().get(0);
        return Blockwise.of(site, () -> (inputs, count, from, result) -> {
            double[] a = inputs[base];
            double[] b = inputs[other];
            for (int i = 0; i < count; i++) {
                double delta = b[i] - a[i];
                result[i] = a[i] + Math.min(1, t / Math.max(Math.abs(delta), LEAST)) * delta;
            }
        });
    }
}
