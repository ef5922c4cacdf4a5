package org.counterweight.shift.fairness.batch;

import static org.counterweight.engine.Tensors.times;

import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Tensors;
import org.counterweight.shift.fairness.CellShares;
import org.counterweight.shift.fairness.Cells;

/**
 * The losses of each cell by which FairBatch goes.
 *
 * @param odds E: the mean loss against the label
 * @param parity D: the sum of the losses against y = 1, divided by the size of the group
 */
public record CellLosses(double[] odds, double[] parity) {
    public CellLosses {
        odds = odds.clone();
        parity = parity.clone();
    }

    @Override
    public double[] odds() {
        return odds.clone();
    }

    @Override
    public double[] parity() {
        return parity.clone();
    }

    /** Of logits f, {@code [n]}, with Pr(y = 1) = sigmoid(2 f), as the official code has it. */
    public static CellLosses ofLogits(Tensor logits, Cells cells) {
        try (var scope = Scope.open()) {
            return ofMargins(times(logits.detach().to(ScalarType.Double), 2), cells);
        }
    }

    /** Of margins, {@code [n]}, with Pr(y = 1) = sigmoid(margin). */
    static CellLosses ofMargins(Tensor margins, Cells cells) {
        try (var scope = Scope.open()) {
            Tensor againstLabel = torch.softplus(margins.mul(cells.spread(-1, -1, 1, 1)));
            return of(againstLabel, torch.softplus(margins.neg()), cells);
        }
    }

    /**
     * Of losses that are known.
     *
     * @param againstLabel of each row, {@code [n]}
     * @param againstPositive what it would be if y were 1, {@code [n]}
     */
    public static CellLosses of(Tensor againstLabel, Tensor againstPositive, Cells cells) {
        try (var scope = Scope.open()) {
            long[] counts = cells.counts();
            double[] odds = sums(againstLabel, cells);
            double[] parity = sums(againstPositive, cells);
            for (int k = 0; k < odds.length; k++) {
                odds[k] /= counts[k];
                parity[k] /= counts[k] + counts[k ^ 2]; // the cell of the other label in the same group
            }
            return new CellLosses(odds, parity);
        }
    }

    private static double[] sums(Tensor losses, Cells cells) {
        Tensor sums = torch.zeros(new long[] {CellShares.CELLS}, Tensors.options(ScalarType.Double));
        return Tensors.toDoubles(sums.index_add(0, cells.index(), losses.to(ScalarType.Double)));
    }
}
