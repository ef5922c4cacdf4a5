package org.counterweight.graph.structure;

import java.util.Arrays;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.counterweight.engine.Tensors;

/**
 * How much more often classes are linked in the target than in the source. Rows are the receiver's class, columns the sender's;
 * NaN stands where a class has no nodes.
 *
 * @param source B_S, {@code float64 [C, C]}
 * @param target B_T, {@code float64 [C, C]}
 */
public record StructureRatio(Tensor source, Tensor target) {
    /** @throws IllegalArgumentException if they are not square and of one size */
    public StructureRatio {
        long[] shape = Tensors.shape(source);
        if (shape.length != 2 || shape[0] != shape[1] || !Arrays.equals(shape, Tensors.shape(target))) {
            throw new IllegalArgumentException("the source has " + Arrays.toString(shape)
                    + " pairs of classes, the target " + Arrays.toString(Tensors.shape(target))
                    + "; give both graphs the same classes");
        }
    }

    /** Of two separate graphs. */
    public static StructureRatio of(LabelledGraph source, LabelledGraph target) {
        return new StructureRatio(
                source.counts().probabilities(), target.counts().probabilities());
    }

    /**
     * R = B_T / B_S, and 1 where that is no number: no edge of the pair in the source, or an empty class. A pair without an edge
     * in the target has 0.
     */
    public Tensor values() {
        return finite(target.div(source));
    }

    /** {@link #values} of at most {@code most}. */
    public Tensor values(double most) {
        if (!(most > 0)) {
            throw new IllegalArgumentException("max_ratio: " + most + "; give a number above 0");
        }
        return values().clamp_max(Tensors.scalar(most));
    }

    /** {@code ratio}, with 1 in place of what is infinite or NaN. */
    public static Tensor finite(Tensor ratio) {
        return torch.where(torch.isfinite(ratio), ratio, torch.ones_like(ratio));
    }

    /** w_e = R[y_v, y_u] of the source's edges u → v, {@code float64 [edges]}, by their true labels. */
    public static Tensor weights(Tensor ratio, LabelledGraph source) {
        return ratio.flatten().index_select(0, source.pairs());
    }
}
