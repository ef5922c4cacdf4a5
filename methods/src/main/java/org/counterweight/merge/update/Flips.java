package org.counterweight.merge.update;

import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.engine.Scope;

/**
 * What an update does to single predictions, in percent. Always {@code accNew − accOld = pfr − nfr}.
 *
 * <p>R. Schumann et al., EACL 2024, section 2; S. Yan et al., "Positive-congruent training", CVPR 2021.
 *
 * @param accOld accuracy of the old model
 * @param accNew accuracy of the new model
 * @param nfr negative flip rate: right before, wrong now, of all instances
 * @param nfi the same, of the new model's errors; 0 if it makes none
 * @param pfr positive flip rate: wrong before, right now, of all instances
 * @param pfi the same, of the instances that the new model has right; 0 if there are none
 */
public record Flips(double accOld, double accNew, double nfr, double nfi, double pfr, double pfi) {

    /**
     * @param old predicted classes, {@code int64 [M]}
     * @param updated predicted classes of the new model, {@code int64 [M]}
     * @param labels {@code int64 [M]}
     * @throws IllegalArgumentException if there are no instances, or their numbers differ
     */
    public static Flips of(Tensor old, Tensor updated, Tensor labels) {
        long m = labels.numel();
        if (m == 0 || old.numel() != m || updated.numel() != m) {
            throw new IllegalArgumentException("flips are counted over the same instances, at least one: " + old.numel()
                    + " old and " + updated.numel() + " new predictions for " + m + " labels");
        }
        try (var scope = Scope.open()) {
            Tensor before = old.eq(labels);
            Tensor now = updated.eq(labels);
            long right = count(now);
            long lost = count(before.logical_and(now.logical_not()));
            long won = count(before.logical_not().logical_and(now));
            return new Flips(
                    percent(count(before), m),
                    percent(right, m),
                    percent(lost, m),
                    percent(lost, m - right),
                    percent(won, m),
                    percent(won, right));
        }
    }

    /** Of the instances that {@code mask} (bool {@code [M]}) chooses: those that the old data had, or the new ones. */
    public static Flips of(Tensor old, Tensor updated, Tensor labels, Tensor mask) {
        try (var scope = Scope.open()) {
            return of(old.masked_select(mask), updated.masked_select(mask), labels.masked_select(mask));
        }
    }

    /** 1 where an instance was right and is wrong, else 0: float64 {@code [M]}. */
    static Tensor negative(Tensor old, Tensor updated, Tensor labels) {
        return old.eq(labels).logical_and(updated.ne(labels)).to(ScalarType.Double);
    }

    private static long count(Tensor mask) {
        return mask.sum().item_long();
    }

    private static double percent(long part, long whole) {
        return whole == 0 ? 0 : 100.0 * part / whole;
    }
}
