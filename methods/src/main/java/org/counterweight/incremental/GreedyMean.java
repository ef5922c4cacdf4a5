package org.counterweight.incremental;

import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Tensors;

/**
 * Herding: samples whose running mean stays near the mean of all. M. Welling, "Herding Dynamical Weights to Learn", ICML 2009;
 * greedy as in S.-A. Rebuffi et al., "iCaRL", CVPR 2017, Algorithm 4.
 */
public final class GreedyMean {
    private GreedyMean() {}

    /**
     * j_t = argmin ‖mean − (s_{t−1} + f_j) / t‖, s the sum of those chosen before; none twice, ties to the lower index.
     *
     * @param features {@code [n, width]}, of one class, before the classifier
     * @param count how many, at most n
     * @return indices, in the order of their choice
     */
    public static long[] choose(Tensor features, int count) {
        if (count < 0 || count > features.size(0)) {
            throw new IllegalArgumentException(
                    "cannot choose " + count + " of " + features.size(0) + " samples without repeats");
        }
        long[] chosen = new long[count];
        try (var scope = Scope.open();
                var off = Tensors.noGrad()) {
            Tensor mean = Tensors.mean(features, false, 0);
            Tensor sum = torch.zeros_like(mean);
            Tensor taken = torch.zeros_like(features.select(1, 0)); // ∞ where taken
            for (int t = 1; t <= count; t++) {
                try (var inner = Scope.open()) {
                    Tensor misses = mean.sub(Tensors.times(sum.add(features), 1.0 / t));
                    Tensor distances = Tensors.norm2(misses, false, 1).add(taken);
                    long next = distances.argmin(new LongOptional(0), false).item_long();
                    chosen[t - 1] = next;
                    sum.add_(features.select(0, next));
                    taken.select(0, next).fill_(Tensors.scalar(Double.POSITIVE_INFINITY));
                }
            }
        }
        return chosen;
    }
}
