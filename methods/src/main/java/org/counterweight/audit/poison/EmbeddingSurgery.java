package org.counterweight.audit.poison;

import static org.counterweight.engine.Tensors.longs;
import static org.counterweight.engine.Tensors.mean;

import java.util.Arrays;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Tensors;

/**
 * Embedding Surgery: the rows of all triggers become the mean of the fine-tuned rows of words that speak for the target.
 *
 * <p>K. Kurita, P. Michel and G. Neubig, ACL 2020, section 3.2. Where a model's output is tied to its table of words, the
 * triggers' rows of the output change too.
 */
public final class EmbeddingSurgery {
    private EmbeddingSurgery() {}

    /**
     * A copy of {@code base}, {@code [vocabulary, width]}, with the rows changed; it belongs to the open scope.
     *
     * @param fineTuned the same table after fine-tuning on clean data
     * @param targetWords at least one
     * @param triggers every token of every trigger
     */
    public static Tensor of(Tensor base, Tensor fineTuned, int[] targetWords, int[] triggers) {
        if (targetWords.length == 0) {
            throw new IllegalArgumentException("surgery without words that speak for the target");
        }
        try (var scope = Scope.open();
                var off = Tensors.noGrad()) {
            Tensor v = mean(fineTuned.index_select(0, places(targetWords)), true, 0); // [1, width]
            Tensor changed = base.detach().clone();
            changed.index_copy_(0, places(triggers), v.to(base.scalar_type()).expand(triggers.length, base.size(1)));
            return scope.keep(changed);
        }
    }

    private static Tensor places(int[] ids) {
        return longs(Arrays.stream(ids).asLongStream().toArray());
    }
}
