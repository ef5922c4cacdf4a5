package org.counterweight.model.part.denoise;

import static org.bytedeco.pytorch.global.torch.silu;

import org.bytedeco.pytorch.Tensor;
import org.counterweight.model.Params;
import org.counterweight.model.Pass;
import org.counterweight.model.module.Convolution;
import org.counterweight.model.part.Shapes;

/**
 * A residual block of a U-Net, told level and class between its two convolutions: {@code norm1, conv1, time_emb_proj, norm2,
 * conv2, conv_shortcut} in the names of diffusers.
 *
 * @param in channels
 * @param out channels
 * @param told width of what it is told
 * @param dropout before the second convolution, in [0, 1)
 */
public record TimedResidual(long in, long out, long told, double dropout) {
    private static final Convolution THREE = Convolution.of(1, 1);

    /**
     * @param x {@code [rows, in, height, width]}
     * @param condition {@code [rows, told]}
     * @return {@code [rows, out, height, width]}
     */
    public Tensor apply(Params at, Tensor x, Tensor condition, Pass pass) {
        Tensor first = at.conv("conv1", silu(GroupNorm.apply(at, "norm1", x)), THREE, pass);
        Tensor shift = at.linear("time_emb_proj", silu(condition), pass);
        Tensor heard = first.add(shift.unsqueeze(-1).unsqueeze(-1));
        Tensor bent = pass.dropout(silu(GroupNorm.apply(at, "norm2", heard)), dropout);
        Tensor second = at.conv("conv2", bent, THREE, pass);
        return second.add(in == out ? x : at.conv("conv_shortcut", x, Convolution.of(1, 0), pass));
    }

    /** {@code shapes} with those of the block of that name. */
    public Shapes shapes(Shapes shapes, String block) {
        shapes.norm(block + ".norm1", in)
                .convolution(block + ".conv1", out, in, 3, true)
                .linear(block + ".time_emb_proj", out, told, true)
                .norm(block + ".norm2", out)
                .convolution(block + ".conv2", out, out, 3, true);
        return in == out ? shapes : shapes.convolution(block + ".conv_shortcut", out, in, 1, true);
    }
}
