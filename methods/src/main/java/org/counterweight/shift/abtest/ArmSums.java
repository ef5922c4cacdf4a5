package org.counterweight.shift.abtest;

import java.io.Serializable;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.engine.Tensors;

/**
 * What the estimate needs of an arm's records: their number, and of each metric the mean and the sum of squared distances from it.
 * Two halves can be joined, so that records need not be kept.
 *
 * <p>T. F. Chan, G. H. Golub and R. J. LeVeque, "Algorithms for Computing the Sample Variance", The American Statistician 1983.
 */
public record ArmSums(double count, double[] means, double[] squares) implements Serializable {
    public ArmSums {
        means = means.clone();
        squares = squares.clone();
    }

    /** Of no records. */
    public static ArmSums none(int metrics) {
        return new ArmSums(0, new double[metrics], new double[metrics]);
    }

    /** Of records {@code [n, m]}. */
    public static ArmSums of(Tensor records) {
        if (records.size(0) == 0) {
            return none(Math.toIntExact(records.size(1)));
        }
        Tensor mean = Tensors.mean(records, false, 0);
        Tensor squares = Tensors.sum(records.sub(mean).square(), false, 0);
        return new ArmSums(records.size(0), Tensors.toDoubles(mean), Tensors.toDoubles(squares));
    }

    @Override
    public double[] means() {
        return means.clone();
    }

    @Override
    public double[] squares() {
        return squares.clone();
    }

    /** Of both. */
    public ArmSums plus(ArmSums other) {
        double all = count + other.count;
        if (all == 0) {
            return this;
        }
        double[] mean = new double[means.length];
        double[] square = new double[means.length];
        for (int k = 0; k < mean.length; k++) {
            double apart = other.means[k] - means[k];
            mean[k] = means[k] + apart * other.count / all;
            square[k] = squares[k] + other.squares[k] + apart * apart * count * other.count / all;
        }
        return new ArmSums(all, mean, square);
    }

    /** The variance of a metric, with n − 1. */
    public double variance(int metric) {
        return squares[metric] / (count - 1);
    }
}
