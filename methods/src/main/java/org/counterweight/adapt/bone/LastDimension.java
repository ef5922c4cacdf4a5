package org.counterweight.adapt.bone;

import java.util.Arrays;
import org.bytedeco.pytorch.Tensor;

/** The last dimension of a tensor, which falls into groups or is repeated. */
final class LastDimension {
    private LastDimension() {}

    static Tensor repeated(Tensor z, long times) {
        if (times == 1) {
            return z;
        }
        long[] repeats = new long[(int) z.dim()];
        Arrays.fill(repeats, 1);
        repeats[repeats.length - 1] = times;
        return z.repeat(repeats);
    }

    /** The sizes of {@code x} with others in place of the last. */
    static long[] leading(Tensor x, long... last) {
        int kept = (int) x.dim() - 1;
        long[] sizes = new long[kept + last.length];
        for (int i = 0; i < kept; i++) {
            sizes[i] = x.size(i);
        }
        System.arraycopy(last, 0, sizes, kept, last.length);
        return sizes;
    }
}
