package org.counterweight.model.part.denoise;

import org.bytedeco.pytorch.Tensor;
import org.counterweight.model.Params;
import org.counterweight.model.Pass;
import org.counterweight.model.part.Shapes;
import org.counterweight.model.part.attention.Attention;
import org.counterweight.model.part.attention.ScaledDotProduct;

/**
 * Every pixel of an image attends to all, added to the image: {@code group_norm, to_q, to_k, to_v, to_out.0} in the names of
 * diffusers.
 *
 * @param heads must divide the channels
 */
public record PixelAttention(long channels, long heads) {
    /** {@code [rows, channels, height, width]} to the same. */
    public Tensor apply(Params at, Tensor x, Pass pass) {
        Tensor pixels = GroupNorm.apply(at, "group_norm", x).flatten(2, 3).transpose(1, 2); // [rows, pixels, channels]
        Tensor seen = ScaledDotProduct.plain(Math.sqrt((double) heads / channels))
                .of(
                        Attention.split(at.linear("to_q", pixels, pass), heads),
                        Attention.split(at.linear("to_k", pixels, pass), heads),
                        Attention.split(at.linear("to_v", pixels, pass), heads),
                        null,
                        pass);
        Tensor told = at.linear("to_out.0", Attention.join(seen), pass);
        return x.add(told.transpose(1, 2).reshape(x.size(0), channels, x.size(2), x.size(3)));
    }

    /** {@code shapes} with those of the module of that name. */
    public Shapes shapes(Shapes shapes, String module) {
        shapes.norm(module + ".group_norm", channels);
        for (String part : new String[] {"to_q", "to_k", "to_v", "to_out.0"}) {
            shapes.linear(module + "." + part, channels, channels, true);
        }
        return shapes;
    }
}
