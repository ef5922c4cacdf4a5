package org.counterweight.merge.update;

import static org.counterweight.engine.Tensors.toDoubles;

import java.util.Arrays;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;

/** Where a mean over instances lies with 95 % confidence, by the percentiles of a bootstrap. */
public record MeanInterval(double low, double high) {
    private static final int CHUNK = 100;

    /**
     * @param perRow float64 {@code [M]}
     * @param resamples at least 40; 1000 is usual
     */
    public static MeanInterval of(Tensor perRow, int resamples, Seed seed) {
        double[] means = new double[resamples];
        long m = perRow.numel();
        try (var outer = Scope.open()) {
            var random = Tensors.optional(seed.generator());
            for (int from = 0; from < resamples; from += CHUNK) {
                try (var scope = Scope.open()) {
                    int count = Math.min(CHUNK, resamples - from);
                    Tensor rows = torch.zeros(new long[] {count * m}, Tensors.options(ScalarType.Long))
                            .random_(0, new LongOptional(m), random);
                    Tensor drawn = perRow.index_select(0, rows).reshape(count, m);
                    System.arraycopy(toDoubles(Tensors.mean(drawn, false, 1)), 0, means, from, count);
                }
            }
        }
        Arrays.sort(means);
        int tail = (int) Math.floor(0.025 * resamples);
        return new MeanInterval(means[tail], means[resamples - 1 - tail]);
    }

    public boolean contains(double value) {
        return low <= value && value <= high;
    }
}
