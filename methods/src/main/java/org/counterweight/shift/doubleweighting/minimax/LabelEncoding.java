package org.counterweight.shift.doubleweighting.minimax;

import static org.bytedeco.pytorch.global.torch.zeros;

import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.config.ConfigException;
import org.counterweight.engine.Tensors;

/** How features and a label become one vector: Φ(x, y). */
public enum LabelEncoding {
    /** g(x) in the block of the label, zeros elsewhere. */
    ONEHOT,
    /** g(x) for the first of two labels, −g(x) for the second. */
    PM;

    /**
     * Φ of each row with each label.
     *
     * @param features g(x), {@code [n, k]}
     * @param labels L
     * @return {@code [n, L, m]}; m is L k, or k with {@link #PM}
     * @throws ConfigException if there are more labels than the encoding has place for
     */
    public Tensor joint(Tensor features, int labels) {
        if (this == PM) {
            if (labels != 2) {
                throw new ConfigException(
                        "double_weighting.encoding", "pm", "onehot, since there are " + labels + " labels; pm has two");
            }
            return torch.stack(new TensorVector(features, features.neg()), 1);
        }
        long rows = features.size(0);
        long width = features.size(1);
        Tensor joint = zeros(new long[] {rows, labels, labels * width}, Tensors.options(ScalarType.Double));
        for (int y = 0; y < labels; y++) {
            Tensors.slice(joint.select(1, y), 1, y * width, (y + 1) * width).copy_(features);
        }
        return joint;
    }

    /** Φ(x_i, y_i), {@code [n, m]}, from all labels' {@code [n, L, m]} and the rows' own, {@code int64 [n]} from 0. */
    public static Tensor ofOwn(Tensor joint, Tensor y) {
        Tensor index = y.view(-1, 1, 1).expand(joint.size(0), 1, joint.size(2));
        return joint.gather(1, index).squeeze(1);
    }
}
