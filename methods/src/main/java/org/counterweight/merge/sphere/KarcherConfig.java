package org.counterweight.merge.sphere;

import java.util.stream.IntStream;
import org.counterweight.config.Checks;
import org.counterweight.config.Setting;
import org.counterweight.merge.method.Blockwise;
import org.counterweight.merge.method.MergeConfig;
import org.counterweight.merge.method.MergeSite;
import org.counterweight.merge.method.Takes;
import org.jspecify.annotations.Nullable;

/** Settings of {@link KarcherMerge}: the mean of directions. A base that is named is one of the models, as in mergekit. */
@Takes(base = Takes.Base.OPTIONAL)
public record KarcherConfig(
        @Setting(value = "How many steps are taken towards the mean at most", defaultsTo = "10", range = "at least 0")
        @Nullable
        Integer maxIter,

        @Setting(
                value = "A step, or an angle in radians, below which nothing more is done",
                defaultsTo = "1e-5",
                range = "at least 0")
        double tol)
        implements MergeConfig {

    public KarcherConfig {
        Checks.ranges(KarcherConfig.class, "karcher", maxIter, tol);
    }

    @Override
    public Blockwise merge(MergeSite site) {
        int[] all = IntStream.range(0, site.models()).toArray();
        int steps = maxIter == null ? 0 : maxIter;
        return Blockwise.of(site, () -> new KarcherMerge(all, steps, tol));
    }
}
