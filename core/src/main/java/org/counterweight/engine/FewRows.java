package org.counterweight.engine;

import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.jspecify.annotations.Nullable;

/**
 * Products of a few rows with a large weight, as a language model takes them for each token of a few texts.
 *
 * <p>For x W^T OpenBLAS first copies all of W into the order of its kernel, against the grain, which takes longer than the
 * product: of 8 rows and {@code [8192, 256]} 2.4 ms on one thread. For W x^T, the same numbers turned, it copies x so, and W
 * along the grain or not at all: 1.6 ms, and of 2 rows 0.4 in the place of 1.9. From 64 rows on there is nothing to gain. Of a
 * single row both are one product with a vector. And a product that is done in a few dozen microseconds is not worth waking
 * another thread for.
 */
final class FewRows {
    private static final long MOST = 63;

    /** Multiplications that one thread has done before a second one is awake: 40 µs. */
    private static final long SMALL = 1 << 21;

    private FewRows() {}

    /** As {@link Tensors#linear}, contiguous; without gradients. */
    static Tensor linear(Tensor x, Tensor weight, @Nullable Tensor bias) {
        long in = weight.size(1);
        long rows = x.numel() / Math.max(1, in);
        if (rows > MOST || !OpenBlasThreads.isHere() || !x.is_cpu() || weight.element_size() != Float.BYTES) {
            return Tensors.linear(x, weight, bias);
        }
        boolean isSmall = rows * weight.numel() <= SMALL && OpenBlasThreads.areShared();
        if (isSmall) {
            OpenBlasThreads.alone();
        }
        try {
            return rows < 2 ? Tensors.linear(x, weight, bias) : turned(x.reshape(rows, in), x, weight, bias);
        } finally {
            if (isSmall) {
                OpenBlasThreads.together();
            }
        }
    }

    private static Tensor turned(Tensor flat, Tensor x, Tensor weight, @Nullable Tensor bias) {
        Tensor product = torch.mm(weight, flat.t()); // [out, rows]
        Tensor y =
                bias == null ? product.t().contiguous() : product.t().add(bias).contiguous();
        long[] shape = Tensors.shape(x);
        shape[shape.length - 1] = weight.size(0);
        return y.view(shape);
    }
}
