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
 */
final class FewRows {
    private static final long MOST = 63;
    private static final long FEW = 8;

    /** Multiplications that take as long as the call. */
    private static final long SMALL = 1 << 18;

    private FewRows() {}

    /** As {@link Tensors#linear}, contiguous; without gradients. */
    static Tensor linear(Tensor x, Tensor weight, @Nullable Tensor bias) {
        long rows = x.numel() / Math.max(1, weight.size(1));
        if (rows > MOST || !OpenBlasThreads.isHere() || !x.is_cpu() || !isFloat(x) || !isFloat(weight)) {
            return Tensors.linear(x, weight, bias);
        }
        if (rows * weight.numel() > SMALL && weight.is_contiguous() && torch.hasMKLDNN()) {
            return rows > FEW ? turned(x, weight, bias) : Operators.linear(x.contiguous(), weight, bias);
        }
        OpenBlasThreads.alone();
        try {
            return Tensors.linear(x, weight, bias);
        } finally {
            OpenBlasThreads.together();
        }
    }

    private static Tensor turned(Tensor x, Tensor weight, @Nullable Tensor bias) {
        Tensor product = Operators.linear(weight, x.reshape(-1, weight.size(1)).contiguous(), null)
                .t(); // [rows, out]
        Tensor y = bias == null ? product.contiguous() : product.add(bias).contiguous();
        long[] shape = Tensors.shape(x);
        shape[shape.length - 1] = weight.size(0);
        return y.view(shape);
    }

    private static boolean isFloat(Tensor x) {
        return x.scalar_type().intern() == torch.ScalarType.Float;
    }
}
