package org.counterweight.balance.adjust;

import java.util.Objects;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.balance.LogitAdjustment;
import org.counterweight.balance.audit.Recalls;
import org.counterweight.engine.Scope;

/**
 * The adjustment that serves best on held-out rows.
 *
 * @param balanced the balanced accuracy with it, a share in [0, 1]
 */
public record TauChoice(LogitAdjustment adjustment, double balanced) {
    /**
     * The first of the best on the grid: the least τ that does as well as any.
     *
     * @param logits of the held-out rows, {@code [B, C]}
     * @param labels from 0, {@code int64 [B]}
     * @param weights how many rows each stands for, {@code float64 [B]}
     * @param logPrior log π, {@code [C]}
     */
    public static TauChoice of(AdjustConfig config, Tensor logits, Tensor labels, Tensor weights, Tensor logPrior) {
        TauChoice best = null;
        for (double tau : config.grid()) {
            try (var scope = Scope.open()) {
                var adjustment = new LogitAdjustment(config.mode(), tau);
                double balanced = Recalls.balanced(adjustment.afterTraining(logits, logPrior), labels, weights);
                if (best == null || balanced > best.balanced) {
                    best = new TauChoice(adjustment, balanced);
                }
            }
        }
        return Objects.requireNonNull(best); // a grid is never empty
    }
}
