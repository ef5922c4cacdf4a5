package org.counterweight.toy;

import org.counterweight.config.Checks;
import org.counterweight.config.Setting;
import org.counterweight.merge.method.Blockwise;
import org.counterweight.merge.method.MergeConfig;
import org.counterweight.merge.method.MergeSite;
import org.counterweight.merge.method.Takes;

/** Each element goes towards the model that moved it furthest: w = w_0 + s δ_k, of the k with the largest |δ_k|. */
@Takes(base = Takes.Base.REQUIRED)
public record FurthestConfig(
        @Setting(value = "How far it goes", defaultsTo = "1.0", range = "finite; 1 is all the way")
        double scale) implements MergeConfig {

    public FurthestConfig {
        Checks.ranges(FurthestConfig.class, "furthest", scale);
    }

    @Override
    public Blockwise merge(MergeSite site) {
        return Blockwise.of(site, () -> (inputs, count, from, result) -> {
            double[] base = inputs[site.base()];
            for (int i = 0; i < count; i++) {
                double furthest = 0;
                for (int k : site.others()) {
                    double delta = inputs[k][i] - base[i];
                    furthest = Math.abs(delta) > Math.abs(furthest) ? delta : furthest;
                }
                result[i] = base[i] + scale * furthest;
            }
        });
    }
}
