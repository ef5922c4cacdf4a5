package org.counterweight.model.part;

import static org.counterweight.engine.Tensors.optional;

import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.counterweight.engine.Tensors;
import org.counterweight.model.Params;

/** Convolution of images with a weight by name. */
public final class Convolution {
    /**
     * oneDNN, which convolves on processors, lays channels out in blocks of up to 16 and, as of version 3.7, leaves in the last
     * one what the memory held, which then takes part in results and gradients. Zeros of our own leave no room for it.
     */
    private static final long BLOCK = 16;

    private static final long PICTURE = 3; // so few channels are read as they lie

    private Convolution() {}

    /** {@code [rows, in, height, width]} to {@code [rows, out, …]}, with a bias where the weights have one. */
    public static Tensor apply(Params params, String module, Tensor x, long stride, long padding) {
        Tensor weight = params.weight(module + ".weight");
        Tensor bias = params.find(module + ".bias");
        long in = x.size(1);
        long out = weight.size(0);
        boolean isMade = in > PICTURE || x.requires_grad();
        long moreIn = x.is_cpu() && isMade ? missing(in) : 0;
        long moreOut = x.is_cpu() ? missing(out) : 0;
        Tensor y = torch.conv2d(
                moreIn == 0 ? x : torch.constant_pad_nd(x, 0, 0, 0, 0, 0, moreIn),
                moreIn == 0 && moreOut == 0 ? weight : torch.constant_pad_nd(weight, 0, 0, 0, 0, 0, moreIn, 0, moreOut),
                optional(bias == null || moreOut == 0 ? bias : torch.constant_pad_nd(bias, 0, moreOut)),
                new long[] {stride, stride},
                new long[] {padding, padding},
                new long[] {1, 1},
                1);
        return moreOut == 0 ? y : Tensors.slice(y, 1, 0, out);
    }

    private static long missing(long channels) {
        return (BLOCK - channels % BLOCK) % BLOCK;
    }
}
