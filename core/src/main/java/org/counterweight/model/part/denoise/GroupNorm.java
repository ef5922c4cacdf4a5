package org.counterweight.model.part.denoise;

import static org.counterweight.engine.Tensors.optional;

import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.counterweight.model.Params;

/** Group normalisation: Y. Wu and K. He, ECCV 2018. Of two channels or
 * more, where their number is even: in a group of one nothing that is added to a whole channel would be left. */
final class GroupNorm {
    private static final long MOST = 8;
    private static final double EPS = 1e-5;

    private GroupNorm() {}

    /** Normalises {@code x}, {@code [rows, channels, height, width]}, with scale and shift of the module. */
    static Tensor apply(Params params, String module, Tensor x) {
        return torch.group_norm(
                x,
                groups(x.size(1)),
                optional(params.weight(module + ".weight")),
                optional(params.weight(module + ".bias")),
                EPS,
                false);
    }

    private static long groups(long channels) {
        return Math.max(1, Math.min(MOST, Long.lowestOneBit(channels) / 2));
    }
}
