package org.counterweight.model.module;

import static org.counterweight.engine.Tensors.optional;

import java.util.Arrays;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.counterweight.engine.Tensors;
import org.jspecify.annotations.Nullable;

/**
 * How a convolution goes over sequences, images or volumes, the same in each of their dimensions; which of the three it is, the
 * weight tells.
 *
 * @param direction which way: a transposed convolution is the gradient of the other
 * @param outputPadding more places at the end of what a transposed convolution gives; else 0
 * @param dilation from one place of the kernel to the next
 * @param groups in this many groups of channels each sees its own; {@value #EACH} for one a channel
 */
public record Convolution(
        Direction direction, long stride, long padding, long outputPadding, long dilation, long groups) {
    /** As many groups as channels: each is convolved for itself. */
    public static final long EACH = 0;

    /** Which way a convolution goes, and so which way round its weight is stored. */
    public enum Direction {
        /** The weight is {@code [out, in / groups, kernel…]}. */
        FORWARD,
        /** The weight is {@code [in, out / groups, kernel…]}. */
        TRANSPOSED
    }

    /**
     * oneDNN, which convolves on processors, lays channels out in blocks of up to 16 and, as of version 3.7, leaves in the last
     * one what the memory held, which then takes part in results and gradients. Zeros of our own leave no room for it.
     */
    private static final long BLOCK = 16;

    private static final long PICTURE = 3; // so few channels are read as they lie

    public static Convolution of(long stride, long padding) {
        return new Convolution(Direction.FORWARD, stride, padding, 0, 1, 1);
    }

    public static Convolution transposed(long stride, long padding, long outputPadding) {
        return new Convolution(Direction.TRANSPOSED, stride, padding, outputPadding, 1, 1);
    }

    /** Of each channel for itself. */
    public static Convolution depthwise(long stride, long padding) {
        return of(stride, padding).grouped(EACH);
    }

    /** The same with this many places from one of the kernel to the next. */
    public Convolution dilated(long by) {
        return new Convolution(direction, stride, padding, outputPadding, by, groups);
    }

    /** The same in this many groups of channels. */
    public Convolution grouped(long number) {
        return new Convolution(direction, stride, padding, outputPadding, dilation, number);
    }

    /**
     * The convolution of {@code x}.
     *
     * @param x {@code [rows, in, …]}
     * @param weight {@code [out, in / groups, kernel…]}, of a transposed one {@code [out / groups, in, kernel…]}, whichever way
     *     round it is stored
     * @param bias {@code [out]}, or null
     * @return {@code [rows, out, …]}
     */
    public Tensor apply(Tensor x, Tensor weight, @Nullable Tensor bias) {
        long in = x.size(1);
        long out = weight.size(0);
        boolean isOfEach = groups == EACH && direction == Direction.FORWARD;
        boolean isFilled =
                x.is_cpu() && (groups == 1 || (isOfEach && in == out)); // of other groups zeros would move channels
        boolean isMade = isOfEach || in > PICTURE || x.requires_grad();
        long moreIn = isFilled && isMade ? missing(in) : 0;
        long moreOut = isFilled ? missing(out) : 0;
        Tensor y = convolved(
                filled(x, 0, moreIn),
                filled(weight, moreOut, isOfEach ? 0 : moreIn),
                bias == null || moreOut == 0 ? bias : torch.constant_pad_nd(bias, 0, moreOut));
        return moreOut == 0 ? y : Tensors.slice(y, 1, 0, out);
    }

    /** With zeros behind the first and the second dimension. */
    private static Tensor filled(Tensor tensor, long first, long second) {
        if (first == 0 && second == 0) {
            return tensor;
        }
        long[] more = new long[2 * Math.toIntExact(tensor.dim())]; // from the last dimension on: before it, behind it
        more[more.length - 1] = first;
        more[more.length - 3] = second;
        return torch.constant_pad_nd(tensor, more);
    }

    private Tensor convolved(Tensor x, Tensor weight, @Nullable Tensor bias) {
        boolean isTransposed = direction == Direction.TRANSPOSED;
        return torch.convolution(
                x,
                isTransposed ? weight.transpose(0, 1) : weight,
                optional(bias),
                everywhere(x, stride),
                everywhere(x, padding),
                everywhere(x, dilation),
                isTransposed,
                everywhere(x, outputPadding),
                groups == EACH ? x.size(1) : groups);
    }

    private static long[] everywhere(Tensor x, long value) {
        long[] all = new long[Math.toIntExact(x.dim() - 2)];
        Arrays.fill(all, value);
        return all;
    }

    private static long missing(long channels) {
        return (BLOCK - channels % BLOCK) % BLOCK;
    }
}
