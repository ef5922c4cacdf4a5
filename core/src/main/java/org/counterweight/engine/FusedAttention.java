package org.counterweight.engine;

import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.pytorch.DoubleOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorBase;
import org.bytedeco.pytorch.VoidTensorHook;
import org.bytedeco.pytorch.global.torch;
import org.jspecify.annotations.Nullable;

/**
 * LibTorch's fused attention, with products that are not shared out twice.
 *
 * <p>On a processor its kernel gives each of LibTorch's threads some of the rows and heads, and there every thread takes its
 * products. MKL sees that and takes them on that thread. OpenBLAS shares each of them out again, among threads of its own for
 * which all of LibTorch's then wait: a step of a small Llama with rows of 256 tokens took 5,700 ms, where 500 suffice. So
 * OpenBLAS is told to share nothing while the kernel works, forwards and backwards.
 *
 * <p>JavaCPP gives no name to OpenBLAS's own {@code openblas_set_num_threads} (its {@code blas_set_num_threads} sets LibTorch's
 * threads too, which costs milliseconds), hence the number is written where that function writes it, if it was seen to do so.
 */
final class FusedAttention {
    private static final String NUMBER = "blas_cpu_number";

    /** Where OpenBLAS keeps the number of its threads; null for another library, or where one thread is all there is. */
    private static volatile @Nullable IntPointer shares;

    private static volatile int threads = 1;

    /** One of each for the whole process: JavaCPP has few places for functions that LibTorch calls. */
    private static final VoidTensorHook ALONE = new VoidTensorHook() {
        @Override
        public void call(TensorBase gradient) {
            share(1);
        }
    };

    private static final VoidTensorHook SHARED = new VoidTensorHook() {
        @Override
        public void call(TensorBase gradient) {
            share(threads);
        }
    };

    private FusedAttention() {}

    /**
     * To be called whenever the number of threads was set.
     *
     * @param count what OpenBLAS was just told
     */
    static void settle(int count) {
        threads = count;
        Pointer number = count > 1 ? Loader.addressof(NUMBER) : null;
        if (number == null) {
            shares = null;
            return;
        }
        IntPointer found = new IntPointer(number);
        found.retainReference(); // no scope's that is open now
        shares = found.get() == count ? found : null;
    }

    /** As {@code torch.scaled_dot_product_attention}. */
    static Tensor of(
            Tensor q,
            Tensor k,
            Tensor v,
            @Nullable Tensor mask,
            double dropout,
            boolean causal,
            DoubleOptional scale,
            boolean grouped) {
        boolean shared = shares != null && q.is_cpu();
        if (!shared) {
            return torch.scaled_dot_product_attention(q, k, v, Tensors.optional(mask), dropout, causal, scale, grouped);
        }
        Tensor attended;
        share(1);
        try {
            attended = torch.scaled_dot_product_attention(
                    q, k, v, Tensors.optional(mask), dropout, causal, scale, grouped);
        } finally {
            share(threads);
        }
        if (attended.requires_grad()) { // called before the kernel's backward, and before what comes after it
            attended.register_hook(ALONE);
            for (Tensor operand : new Tensor[] {q, k, v}) {
                if (operand.requires_grad()) {
                    operand.register_hook(SHARED);
                }
            }
        }
        return attended;
    }

    private static void share(int count) {
        IntPointer number = shares;
        if (number != null) {
            number.put(count);
        }
    }
}
