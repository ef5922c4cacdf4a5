package org.counterweight.edit.baseline;

import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.engine.Tensors;

/** How much a weight mattered to the newest edits: the baseline FT+EWC of GRACE's paper. */
public final class RecentFisher {
    private RecentFisher() {}

    /**
     * F = sum of g² over the newest edits / memory; divided by the whole memory also while fewer edits are known, as in the
     * official code.
     *
     * @param gradients one an edit, one or more, of one shape, which is the result's, the newest first
     * @param memory how many count, at least 1
     */
    public static Tensor of(List<Tensor> gradients, int memory) {
        Tensor sum = gradients.get(0).square();
        for (Tensor gradient : gradients.subList(1, Math.min(memory, gradients.size()))) {
            sum = sum.add(gradient.square());
        }
        return sum.div(Tensors.scalar(memory));
    }
}
