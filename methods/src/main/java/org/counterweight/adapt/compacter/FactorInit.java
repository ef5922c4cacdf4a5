package org.counterweight.adapt.compacter;

import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.Generator;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.adapt.lowrank.LowRank;
import org.counterweight.engine.Tensors;

/** How the fast factors of a hypercomplex layer are drawn, each slice {@code [rows, cols]} on its own. */
public enum FactorInit {
    /** Uniform in ±√2 √(6 / (rows + cols)). */
    GLOROT_UNIFORM,
    /** Normal of deviation √2 √(2 / (rows + cols)). */
    GLOROT_NORMAL,
    /** Normal of a given deviation. */
    NORMAL;

    private static final double GAIN = Math.sqrt(2);

    /** The bound of {@link #GLOROT_UNIFORM} for slices of these sizes. */
    public static double bound(long rows, long cols) {
        return GAIN * Math.sqrt(6.0 / (rows + cols));
    }

    /** A float32 tensor {@code [.., rows, cols]} on that device, trained. */
    Tensor draw(Device device, Generator random, double deviation, long... shape) {
        long sum = shape[shape.length - 1] + shape[shape.length - 2];
        Tensor empty = Tensors.zeros(shape);
        Tensor drawn = switch (this) {
            case GLOROT_UNIFORM -> {
                double bound = bound(shape[shape.length - 2], shape[shape.length - 1]);
                yield empty.uniform_(-bound, bound, Tensors.optional(random));
            }
            case GLOROT_NORMAL -> empty.normal_(0, GAIN * Math.sqrt(2.0 / sum), Tensors.optional(random));
            case NORMAL -> empty.normal_(0, deviation, Tensors.optional(random));
        };
        return LowRank.trained(drawn, device);
    }
}
