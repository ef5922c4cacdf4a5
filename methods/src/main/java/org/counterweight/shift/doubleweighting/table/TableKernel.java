package org.counterweight.shift.doubleweighting.table;

import java.util.Locale;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;
import org.counterweight.shift.ShiftException;
import org.counterweight.shift.doubleweighting.DoubleWeights;
import org.counterweight.shift.doubleweighting.Kernel;

/**
 * The kernel over the rows of two tables, exact or by random features, ready for any D.
 *
 * @param sigma its width
 * @param exact whether all of its values are held
 * @param n training rows
 * @param t rows of the other table
 * @param values K, {@code [n + t, n + t]}, or its features, {@code [n + t, 2R]}
 */
record TableKernel(double sigma, boolean exact, long n, long t, Tensor values) {
    private static final long FITS = 4000;

    /** Its tensors belong to the open scope. */
    static TableKernel of(DoubleWeightingConfig config, Tensor train, Tensor deployed, Seed seed) {
        Tensor all = torch.cat(new TensorVector(train, deployed), 0);
        Double given = config.sigma();
        double sigma = given != null ? given : config.bandwidth().of(all);
        if (!(sigma > 0)) {
            throw new ShiftException(
                    "the width of the kernel by " + config.bandwidth().name().toLowerCase(Locale.ROOT) + " is " + sigma
                            + ": all rows are alike, or nearly; add features, or give sigma");
        }
        boolean exact = config.kernel() == DoubleWeightingConfig.KernelForm.EXACT
                || config.kernel() == DoubleWeightingConfig.KernelForm.AUTO && all.size(0) <= FITS;
        Tensor values = exact
                ? Kernel.gram(all, all, sigma)
                : Kernel.fourier(all, Kernel.directions(all.size(1), sigma, config.kernelPairs(), seed));
        return new TableKernel(sigma, exact, train.size(0), deployed.size(0), values);
    }

    DoubleWeights weights(DoubleWeights.Limits limits) {
        return exact ? DoubleWeights.ofGram(values, n, t, limits) : DoubleWeights.ofFeatures(values, n, t, limits);
    }

    /** How many rows of the deployment have no training row within three widths; −1 where that is not known. */
    long alone() {
        if (!exact) {
            return -1;
        }
        Tensor across = Tensors.slice(Tensors.slice(values, 0, n, n + t), 1, 0, n);
        return across.amax(new long[] {1}, false)
                .lt(Tensors.scalar(Math.exp(-4.5)))
                .sum()
                .item_long();
    }

    /** Whether some rows are the same as others: their weights are only determined together. */
    boolean repeats() {
        return exact && values.ge(Tensors.scalar(1)).sum().item_long() > n + t;
    }
}
