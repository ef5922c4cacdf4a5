package org.counterweight.model.module;

import static org.counterweight.engine.Tensors.optional;

import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.counterweight.engine.Tensors;
import org.jspecify.annotations.Nullable;

/**
 * How a convolution of images goes over them; the same in both directions.
 *
 * @param direction which way: a transposed convolution is the gradient of the other
 * @param outputPadding more rows and columns at the end of what a transposed convolution gives; else 0
 * @param depthwise whether each channel is convolved for itself: the weight is {@code [channels, 1, height, width]}
 */
public record Convolution(Direction direction, long stride, long padding, long outputPadding, boolean depthwise) {
    /** Which way a convolution goes, and so which way round its weight is stored. */
    public enum Direction {
        /** The weight is {@code [out, in, height, width]}. */
        FORWARD,
        /** The weight is {@code [in, out, height, width]}. */
        TRANSPOSED
    }

    /**
     * oneDNN, which convolves on processors, lays channels out in blocks of up to 16 and, as of version 3.7, leaves in the last
     * one what the memory held, which then takes part in results and gradients. Zeros of our own leave no room for it.
     */
    private static final long BLOCK = 16;

    private static final long PICTURE = 3; // so few channels are read as they lie
    private static final long[] ONE = {1, 1};

    public static Convolution of(long stride, long padding) {
        return new Convolution(Direction.FORWARD, stride, padding, 0, false);
    }

    public static Convolution transposed(long stride, long padding, long outputPadding) {
        return new Convolution(Direction.TRANSPOSED, stride, padding, outputPadding, false);
    }

    /** Of each channel for itself. */
    public static Convolution depthwise(long stride, long padding) {
        return new Convolution(Direction.FORWARD, stride, padding, 0, true);
    }

    /**
     * The convolution of {@code x}.
     *
     * @param x {@code [rows, in, height, width]}
     * @param weight {@code [out, in, height, width]}, whichever way round it is stored
     * @param bias {@code [out]}, or null
     * @return {@code [rows, out, …]}
     */
    public Tensor apply(Tensor x, Tensor weight, @Nullable Tensor bias) {
        long in = x.size(1);
        long out = weight.size(0);
        boolean isMade = depthwise || in > PICTURE || x.requires_grad();
        long moreIn = x.is_cpu() && isMade ? missing(in) : 0;
        long moreOut = x.is_cpu() ? missing(out) : 0;
        Tensor y = convolved(
                moreIn == 0 ? x : torch.constant_pad_nd(x, 0, 0, 0, 0, 0, moreIn),
                moreIn == 0 && moreOut == 0
                        ? weight
                        : torch.constant_pad_nd(weight, 0, 0, 0, 0, 0, depthwise ? 0 : moreIn, 0, moreOut),
                bias == null || moreOut == 0 ? bias : torch.constant_pad_nd(bias, 0, moreOut));
        return moreOut == 0 ? y : Tensors.slice(y, 1, 0, out);
    }

    private Tensor convolved(Tensor x, Tensor weight, @Nullable Tensor bias) {
        long[] strides = {stride, stride};
        long[] paddings = {padding, padding};
        return direction == Direction.FORWARD
                ? torch.conv2d(x, weight, optional(bias), strides, paddings, ONE, depthwise ? x.size(1) : 1)
                : torch.conv_transpose2d(
                        x,
                        weight.transpose(0, 1),
                        optional(bias),
                        strides,
                        paddings,
                        new long[] {outputPadding, outputPadding},
                        1,
                        ONE);
    }

    private static long missing(long channels) {
        return (BLOCK - channels % BLOCK) % BLOCK;
    }
}
