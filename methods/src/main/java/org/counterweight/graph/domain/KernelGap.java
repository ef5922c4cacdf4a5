package org.counterweight.graph.domain;

import java.util.Arrays;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;

/**
 * The squared maximum mean discrepancy between embeddings of two domains, as a loss in a discriminator's place: M. Long et al.,
 * "Learning Transferable Features with Deep Adaptation Networks", ICML 2015. The kernel is the sum of five of Gauss', exp(−d² / b),
 * with b = 2^-2 to 2^2 times the mean squared distance of two rows.
 */
public final class KernelGap {
    /** How many rows of a domain are compared at most. */
    public static final int MOST_ROWS = 2000;

    private static final int WIDTHS = 5;

    private KernelGap() {}

    /**
     * A scalar; 0 for equal rows.
     *
     * @param source {@code [n, width]}
     * @param target {@code [m, width]}
     * @param seed of the choice of rows where there are more than {@link #MOST_ROWS}
     */
    public static Tensor between(Tensor source, Tensor target, Seed seed) {
        return between(source, target, seed, MOST_ROWS);
    }

    static Tensor between(Tensor source, Tensor target, Seed seed, int most) {
        Tensor from = some(source, seed.child("source"), most);
        Tensor to = some(target, seed.child("target"), most);
        Tensor all = torch.cat(new TensorVector(from, to), 0);
        Tensor norms = Tensors.sum(all.mul(all), true, 1);
        Tensor distances =
                Tensors.add(norms.add(norms.t()), all.mm(all.t()), -2).clamp_min(Tensors.scalar(0));
        long n = all.size(0);
        Tensor mean = Tensors.times(distances.detach().sum(), 1.0 / Math.max(1, n * (n - 1)));
        Tensor kernel = torch.zeros_like(distances);
        for (int i = 0; i < WIDTHS; i++) {
            Tensor width = Tensors.times(mean, Math.pow(2, i - WIDTHS / 2));
            kernel = kernel.add(distances
                    .neg()
                    .div(width.clamp_min(Tensors.scalar(Float.MIN_NORMAL)))
                    .exp());
        }
        Tensor upper = Tensors.slice(kernel, 0, 0, from.size(0));
        Tensor lower = Tensors.slice(kernel, 0, from.size(0), n);
        Tensor within = Tensors.slice(upper, 1, 0, from.size(0)).mean();
        Tensor other = Tensors.slice(lower, 1, from.size(0), n).mean();
        Tensor across = Tensors.slice(upper, 1, from.size(0), n).mean();
        return Tensors.add(within.add(other), across, -2);
    }

    private static Tensor some(Tensor rows, Seed seed, int most) {
        int count = Math.toIntExact(rows.size(0));
        if (count <= most) {
            return rows;
        }
        long[] chosen = Arrays.stream(seed.permutation(count))
                .limit(most)
                .asLongStream()
                .toArray();
        return rows.index_select(0, Tensors.longs(chosen));
    }
}
