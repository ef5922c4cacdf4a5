package org.counterweight.balance;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.config.ConfigException;
import org.counterweight.engine.Tensors;

/**
 * How many rows there are to learn each class from: n_c, of which none is 0, and what follows from it. A row that stands for
 * several counts as often, so that n_c need not be whole.
 *
 * <p>Y. Cui et al., "Class-Balanced Loss Based on Effective Number of Samples", CVPR 2019, section 3 and equation 10. In
 * float64 throughout; whoever multiplies by the results casts them.
 */
public final class ClassCounts {
    private final double[] counts;

    private ClassCounts(double[] counts) {
        this.counts = counts;
    }

    /**
     * @param counts at least two, each above 0
     * @throws ConfigException naming the class that has no rows
     */
    public static ClassCounts of(double... counts) {
        return of(
                counts,
                IntStream.range(0, counts.length).mapToObj(String::valueOf).toList());
    }

    /** The same with the names of the classes, for messages. */
    public static ClassCounts of(double[] counts, List<String> names) {
        if (counts.length < 2) {
            throw new ConfigException("classes", counts.length, "at least 2");
        }
        for (int c = 0; c < counts.length; c++) {
            if (!(counts[c] >= 0 && Double.isFinite(counts[c]))) {
                throw new ConfigException("counts: class " + names.get(c), counts[c], "a number of rows");
            }
            if (counts[c] == 0) {
                throw new ConfigException(
                        "class " + names.get(c) + " has no training samples, so that neither its weight"
                                + " nor its prior is defined; add rows of it, or take it out of the classes");
            }
        }
        return new ClassCounts(counts.clone());
    }

    /** How many classes: C. */
    public int classes() {
        return counts.length;
    }

    /** The rows of class {@code c}. */
    public double of(int c) {
        return counts[c];
    }

    /** The rows of all classes: N. */
    public double rows() {
        return DoubleStream.of(counts).sum();
    }

    /** The same as a list, as metrics take it. */
    public List<Double> list() {
        return DoubleStream.of(counts).boxed().toList();
    }

    /** The place of each class when the most frequent comes first; of equals the first class does. */
    public long[] ranks() {
        int[] order = IntStream.range(0, counts.length)
                .boxed()
                .sorted(Comparator.comparingDouble(c -> -counts[c]))
                .mapToInt(c -> c)
                .toArray();
        long[] ranks = new long[counts.length];
        for (int place = 0; place < order.length; place++) {
            ranks[order[place]] = place;
        }
        return ranks;
    }

    /** N / (C n_c): {@code float64 [C]}. */
    public Tensor shortfalls() {
        double mean = rows() / counts.length;
        return Tensors.doubles(DoubleStream.of(counts).map(n -> mean / n).toArray());
    }

    /** log π_c with π_c = n_c / N: {@code float64 [C]}. */
    public Tensor logPrior() {
        double all = Math.log(rows());
        return Tensors.doubles(
                DoubleStream.of(counts).map(n -> Math.log(n) - all).toArray());
    }

    /** C / n_c^¼ with C such that the largest, of the rarest class, is {@code most}: {@code float64 [C]}. */
    public Tensor margins(double most) {
        double rarest = DoubleStream.of(counts).min().orElseThrow();
        return Tensors.doubles(DoubleStream.of(counts)
                .map(n -> most * Math.pow(rarest / n, 0.25))
                .toArray());
    }

    /**
     * The effective numbers E_c = (1 − β^n_c) / (1 − β), or n_c for β = 1: {@code float64 [C]}.
     *
     * @param beta in [0, 1]
     */
    public Tensor effective(double beta) {
        return Tensors.doubles(effectiveNumbers(beta));
    }

    /** w_c = (1 / E_c) C / Σ_k (1 / E_k), which add up to C: {@code float64 [C]}. */
    public Tensor weights(double beta) {
        double[] weights = Arrays.stream(effectiveNumbers(beta)).map(e -> 1 / e).toArray();
        double factor = classes() / Arrays.stream(weights).sum();
        return Tensors.doubles(Arrays.stream(weights).map(w -> w * factor).toArray());
    }

    private double[] effectiveNumbers(double beta) {
        if (!(beta >= 0 && beta <= 1)) {
            throw new ConfigException("beta", beta, "a number in [0, 1] (0.999 to 0.9999 is usual)");
        }
        return DoubleStream.of(counts)
                // expm1, since 1 − β^n loses its digits where β is near 1
                .map(n -> beta == 1 ? n : -Math.expm1(n * Math.log(beta)) / (1 - beta))
                .toArray();
    }
}
