package org.counterweight.model.zoo;

import static org.counterweight.engine.Tensors.optional;

import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.counterweight.model.Params;

/** Convolution of images with a weight by name. */
final class Convolution {
    private Convolution() {}

    /** {@code [rows, in, height, width]} to {@code [rows, out, …]}, with a bias where the weights have one. */
    static Tensor apply(Params params, String module, Tensor x, long stride, long padding) {
        return torch.conv2d(
                x,
                params.weight(module + ".weight"),
                optional(params.find(module + ".bias")),
                new long[] {stride, stride},
                new long[] {padding, padding},
                new long[] {1, 1},
                1);
    }
}
