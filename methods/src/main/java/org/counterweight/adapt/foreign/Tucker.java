package org.counterweight.adapt.foreign;

import static org.bytedeco.pytorch.global.torch.matmul;
import static org.bytedeco.pytorch.global.torch.mm;

import org.bytedeco.pytorch.Tensor;

/**
 * A convolution's kernel by Tucker's decomposition: a small kernel between ranks, and one factor each for what comes out of it
 * and what goes in. LyCORIS and PEFT call it CP.
 */
final class Tucker {
    private static final int IMAGES = 4; // dimensions of a kernel that goes over images

    private Tucker() {}

    /** The shape of the core of a decomposed kernel; one of sequences is as high as that, and 1 wide. */
    static long[] core(long r, Tensor kernel) {
        return new long[] {r, r, kernel.size(2), kernel.dim() < IMAGES ? 1 : kernel.size(3)};
    }

    /**
     * W_ocyx = Σ_ij t_ijyx a_io b_jc.
     *
     * @param t {@code [r, r, height, width]}
     * @param a {@code [r, out]}
     * @param b {@code [r, in]}
     * @return {@code [out, in, height, width]}
     */
    static Tensor kernel(Tensor t, Tensor a, Tensor b) {
        long out = a.size(1);
        Tensor ofOutputs = mm(a.t(), t.flatten(1, -1)).reshape(out, t.size(1), -1); // [out, r, height · width]
        return matmul(b.t(), ofOutputs).reshape(out, b.size(1), t.size(2), t.size(3));
    }
}
