package org.counterweight.engine;

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
 */
final class FusedAttention {
    /** One of each for the whole process: JavaCPP has few places for functions that LibTorch calls. */
    private static final VoidTensorHook ALONE = kept(new VoidTensorHook() {
        @Override
        public void call(TensorBase gradient) {
            OpenBlasThreads.alone();
        }
    });

    private static final VoidTensorHook SHARED = kept(new VoidTensorHook() {
        @Override
        public void call(TensorBase gradient) {
            OpenBlasThreads.together();
        }
    });

    private static VoidTensorHook kept(VoidTensorHook hook) {
        hook.retainReference(); // no scope's that is open when this class is loaded
        return hook;
    }

    private FusedAttention() {}

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
        if (!OpenBlasThreads.areShared() || !q.is_cpu()) {
            return torch.scaled_dot_product_attention(q, k, v, Tensors.optional(mask), dropout, causal, scale, grouped);
        }
        Tensor attended;
        OpenBlasThreads.alone();
        try {
            attended = torch.scaled_dot_product_attention(
                    q, k, v, Tensors.optional(mask), dropout, causal, scale, grouped);
        } finally {
            OpenBlasThreads.together();
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
}
