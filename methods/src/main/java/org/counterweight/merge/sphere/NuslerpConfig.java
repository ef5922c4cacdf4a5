package org.counterweight.merge.sphere;

import java.util.List;
import org.counterweight.config.Checks;
import org.counterweight.config.Setting;
import org.counterweight.merge.block.Rounding;
import org.counterweight.merge.method.Blockwise;
import org.counterweight.merge.method.MergeConfig;
import org.counterweight.merge.method.MergeSite;
import org.counterweight.merge.method.Takes;
import org.counterweight.merge.sphere.NuslerpMerge.Vectors;

/** Settings of {@link NuslerpMerge}: along the arc between two models, or between their differences from a base. */
@Takes(base = Takes.Base.OPTIONAL, least = 2, most = 2)
public record NuslerpConfig(
        @Setting(
                value = "The parts of the way: the second of their sum leads from the first model",
                example = "[0.5, 0.5]",
                range = "finite")
        List<Double> weight,

        @Setting(value = "Whether the whole tensor is one vector", defaultsTo = "true")
        boolean nuslerpFlatten,

        @Setting(
                value = "If not flattened: whether vectors lie along the first dimension instead of the last",
                defaultsTo = "false")
        boolean nuslerpRowWise)
        implements MergeConfig {
    private static final double NO_WEIGHT = 1e-6;

    public NuslerpConfig {
        Checks.ranges(NuslerpConfig.class, "nuslerp", weight);
        weight = Checks.some("nuslerp.weight", weight);
    }

    @Override
    public Blockwise merge(MergeSite site) {
        double[] weights = site.each("nuslerp.weight", weight);
        double sum = weights[0] + weights[1];
        double t = Math.abs(sum) < NO_WEIGHT ? 0.5 : weights[1] / sum;
        Vectors vectors = vectors(site.shape().length);
        long width = width(vectors, site);
        int a = site.others().get(0);
        int b = site.others().get(1);
        Rounding rounding = site.rounding();
        return Blockwise.of(
                site,
                width,
                () -> rounding == null
                        ? new NuslerpMerge(t, a, b, site.base(), vectors, width)
                        : new RoundedNuslerp(rounding, t, a, b, site.base(), vectors, width));
    }

    private Vectors vectors(int dimensions) {
        if (nuslerpFlatten || dimensions == 0) {
            return Vectors.WHOLE;
        }
        return nuslerpRowWise && dimensions > 1 ? Vectors.COLUMNS : Vectors.ROWS;
    }

    private static long width(Vectors vectors, MergeSite site) {
        long[] shape = site.shape();
        return switch (vectors) {
            case WHOLE -> 1;
            case ROWS -> shape[shape.length - 1];
            case COLUMNS -> site.size() / Math.max(1, shape[0]);
        };
    }
}
