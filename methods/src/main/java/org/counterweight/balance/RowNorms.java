package org.counterweight.balance;

import static org.counterweight.engine.Tensors.scalar;

import org.bytedeco.pytorch.ScalarTypeOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** The p-norms of the rows of a head. */
public final class RowNorms {
    private RowNorms() {}

    /** ||w_c||_p: {@code [C, D] -> [C, 1]}. */
    public static Tensor of(Tensor weight, double p) {
        return torch.linalg_vector_norm(weight, scalar(p), new long[] {1}, true, new ScalarTypeOptional());
    }
}
