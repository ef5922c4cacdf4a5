package org.counterweight.fewgen;

import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.engine.Tensors;
import org.counterweight.train.objective.CrossEntropy;
import org.jspecify.annotations.Nullable;

/**
 * A batch of texts of known labels, to tune a generator on.
 *
 * @param ids {@code int64 [rows, length]}
 * @param targets {@code int64 [rows, length]}: the same ids, or −100 where nothing is learnt. Position s is predicted at s − 1,
 *     so the first is never
 * @param classes {@code int64 [rows]}, from 0
 * @param mask {@code [rows, length]}, 1 at real tokens; null where all are
 * @param infix {@code [rows, length]}, 1 at the places between two sentences where the label's own vectors stand; null for
 *     none
 */
public record TuningBatch(
        Tensor ids,
        Tensor targets,
        Tensor classes,
        @Nullable Tensor mask,
        @Nullable Tensor infix) {

    /** How many tokens are learnt. */
    public long learnt() {
        return Tensors.slice(targets, 1, 1, targets.size(1))
                .ne(Tensors.scalar(CrossEntropy.IGNORED))
                .sum()
                .to(ScalarType.Long)
                .item_long();
    }
}
