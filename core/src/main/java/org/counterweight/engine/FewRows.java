package org.counterweight.engine;

import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.jspecify.annotations.Nullable;

/**
 * Products of a few rows with a weight, as a language model takes them for each token of a few texts.
 *
 * <p>For x W^T OpenBLAS first copies all of W into the order of its kernel, which takes longer than the product: of 8 rows and
 * {@code [8192, 256]} 0.7 ms on two threads, where oneDNN, which reads W as it lies, takes 0.3, and of one row 1.0 and 0.1. From
 * 9 rows on oneDNN copies it too, but not for W x^T, the same numbers turned, for which it copies x. From 64 rows on there is
 * little to gain. And a product that is done in a few microseconds is not worth the 20 that the call of oneDNN costs, nor
 * waking another thread.
 *
 * <p>MKL reads W once for every three rows, and from 13 on copies it; W x^T it takes in one reading. Of 12 rows and {@code
 * [2048, 2048]} that is 1.2 ms of one thread in place of 2.3, of 32 rows 1.6 in place of 2.4. Where W stays in the cache there
 * is nothing to gain.
 */
final class FewRows {
    private static final long MOST = 63;
    private static final long FEW = 8;

    /** Multiplications that take as long as the call. */
    private static final long SMALL = 1 << 18;

    /** Rows and numbers of a weight from which on, and rows up to which, MKL is asked for the product turned. */
    private static final long TURNED_FROM = 7;

    private static final long TURNED_TO = 32;
    private static final long BEYOND_CACHE = 1 << 19;

    private FewRows() {}

    /** As {@link Tensors#linear}, contiguous; without gradients. */
    static Tensor linear(Tensor x, Tensor weight, @Nullable Tensor bias) {
        long rows = x.numel() / Math.max(1, weight.size(1));
        if (rows > MOST || !x.is_cpu() || !isFloat(x) || !isFloat(weight) || !weight.is_contiguous()) {
            return Tensors.linear(x, weight, bias);
        }
        return switch (Engine.multipliesBy()) {
            case OPENBLAS -> beside(rows, x, weight, bias);
            case MKL ->
                rows >= TURNED_FROM && rows <= TURNED_TO && weight.numel() >= BEYOND_CACHE
                        ? turned(x, weight, bias, Tensors::linear)
                        : Tensors.linear(x, weight, bias);
            case OTHER -> Tensors.linear(x, weight, bias);
        };
    }

    /** Where OpenBLAS takes all other products. */
    private static Tensor beside(long rows, Tensor x, Tensor weight, @Nullable Tensor bias) {
        if (rows * weight.numel() > SMALL && torch.hasMKLDNN()) {
            return rows > FEW
                    ? turned(x, weight, bias, Operators::linear)
                    : Operators.linear(x.contiguous(), weight, bias);
        }
        OpenBlasThreads.alone();
        try {
            return Tensors.linear(x, weight, bias);
        } finally {
            OpenBlasThreads.together();
        }
    }

    /** Takes x W^T + b. */
    @FunctionalInterface
    private interface Product {
        Tensor of(Tensor x, Tensor weight, @Nullable Tensor bias);
    }

    private static Tensor turned(Tensor x, Tensor weight, @Nullable Tensor bias, Product by) {
        Tensor product =
                by.of(weight, x.reshape(-1, weight.size(1)).contiguous(), null).t(); // [rows, out]
        Tensor y = bias == null ? product.contiguous() : product.add(bias).contiguous();
        long[] shape = Tensors.shape(x);
        shape[shape.length - 1] = weight.size(0);
        return y.view(shape);
    }

    private static boolean isFloat(Tensor x) {
        return x.scalar_type().intern() == torch.ScalarType.Float;
    }
}
