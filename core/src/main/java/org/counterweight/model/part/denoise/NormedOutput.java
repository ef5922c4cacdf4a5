package org.counterweight.model.part.denoise;

import static org.bytedeco.pytorch.global.torch.silu;

import org.bytedeco.pytorch.Tensor;
import org.counterweight.model.Params;
import org.counterweight.model.Pass;
import org.counterweight.model.module.Convolution;
import org.counterweight.model.part.Shapes;

/**
 * From a U-Net's last channels to an image's: {@code conv_norm_out, conv_out} in the names of diffusers.
 *
 * @param in channels
 * @param out channels of an image
 */
public record NormedOutput(long in, long out) {
    /** {@code [rows, in, height, width]} to {@code [rows, out, height, width]}. */
    public Tensor apply(Params at, Tensor x, Pass pass) {
        return at.conv("conv_out", silu(GroupNorm.apply(at, "conv_norm_out", x)), Convolution.of(1, 1), pass);
    }

    public Shapes shapes(Shapes shapes) {
        return shapes.norm("conv_norm_out", in).convolution("conv_out", out, in, 3, true);
    }
}
