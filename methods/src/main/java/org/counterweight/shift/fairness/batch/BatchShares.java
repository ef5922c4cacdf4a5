package org.counterweight.shift.fairness.batch;

import org.counterweight.shift.fairness.CellShares;

/**
 * How much of a batch's rows of one label come from the group z = 1.
 *
 * <p>Y. Roh et al., "FairBatch: Batch Selection for Model Fairness", ICLR 2021, section 3.
 *
 * @param positive λ_1, among rows with y = 1, in [0, 1]
 * @param negative λ_2, among rows with y = −1, in [0, 1]
 */
public record BatchShares(double positive, double negative) {
    /** The shares of the data. */
    public static BatchShares initial(CellShares w) {
        return new BatchShares(w.positiveOne() / w.positive(), w.negativeOne() / (1 - w.positive()));
    }

    /**
     * One share moves by α towards the group that fares worse, where the groups are furthest apart.
     *
     * @param alpha α, in [0, 1]
     * @param knob what the gaps of odds are multiplied with in {@link FairTarget#DPEO}
     */
    public BatchShares next(FairTarget target, CellLosses losses, double alpha, double knob) {
        double[] e = losses.odds();
        double[] d = losses.parity();
        return switch (target) {
            case ORIGINAL -> this;
            case EQOPP -> first(e, alpha);
            case EQODDS -> Math.abs(e[0] - e[1]) > Math.abs(e[2] - e[3]) ? first(e, alpha) : second(e, alpha);
            case DP -> Math.abs(d[0] - d[1]) > Math.abs(d[2] - d[3]) ? first(d, alpha) : secondByParity(d, alpha);
            case DPEO -> {
                double[] gaps = {
                    Math.abs(d[0] - d[1]),
                    Math.abs(d[2] - d[3]),
                    knob * Math.abs(e[0] - e[1]),
                    knob * Math.abs(e[2] - e[3])
                };
                yield switch (firstLargest(gaps)) {
                    case 0 -> first(d, alpha);
                    case 1 -> secondByParity(d, alpha);
                    case 2 -> first(e, alpha);
                    default -> second(e, alpha);
                };
            }
        };
    }

    private static int firstLargest(double[] gaps) {
        int largest = 0;
        for (int i = 1; i < gaps.length; i++) {
            if (gaps[i] > gaps[largest]) {
                largest = i;
            }
        }
        return largest;
    }

    private BatchShares first(double[] losses, double alpha) {
        return new BatchShares(within(positive + (losses[0] > losses[1] ? alpha : -alpha)), negative);
    }

    private BatchShares second(double[] losses, double alpha) {
        return new BatchShares(positive, within(negative + (losses[2] > losses[3] ? alpha : -alpha)));
    }

    /** More rows with y = −1 lower a group's positive rate: the sign is the other one. */
    private BatchShares secondByParity(double[] losses, double alpha) {
        return new BatchShares(positive, within(negative + (losses[2] > losses[3] ? -alpha : alpha)));
    }

    private static double within(double share) {
        return Math.min(1, Math.max(0, share));
    }

    /** How many rows of each cell a batch gets: half to even, as the official code rounds. */
    public int[] sizes(FairTarget target, long[] counts, int batch) {
        double all = 0;
        for (long count : counts) {
            all += count;
        }
        double[] plain =
                new double[counts.length]; // each by itself and then summed: halves are to round as they do there
        for (int k = 0; k < plain.length; k++) {
            plain[k] = batch * counts[k] / all;
        }
        double ones = plain[0] + plain[1];
        double others = plain[2] + plain[3];
        boolean negativesStay = target == FairTarget.EQOPP;
        return new int[] {
            rounded(positive * ones),
            rounded((1 - positive) * ones),
            rounded(negativesStay ? plain[2] : negative * others),
            rounded(negativesStay ? plain[3] : (1 - negative) * others)
        };
    }

    private static int rounded(double size) {
        return (int) Math.rint(size);
    }
}
