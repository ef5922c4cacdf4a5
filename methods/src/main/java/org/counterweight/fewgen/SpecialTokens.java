package org.counterweight.fewgen;

import static org.counterweight.engine.Tensors.linear;
import static org.counterweight.engine.Tensors.longs;
import static org.counterweight.engine.Tensors.scalar;
import static org.counterweight.engine.Tensors.slice;

import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.counterweight.engine.Tensors;
import org.jspecify.annotations.Nullable;

/**
 * The tokens of beginning and end, whose vectors are trained in a model that is frozen otherwise. Where both are one token, the
 * end's vector stands for it.
 *
 * @param begin the id whose vector is row 0
 * @param end the id whose vector is row 1
 */
public record SpecialTokens(long begin, long end) {
    /**
     * The words' vectors with those of beginning and end in place.
     *
     * @param words {@code [rows, length, width]}
     * @param ids {@code int64 [rows, length]}
     * @param special {@code [2, width]}
     */
    public Tensor embed(Tensor words, Tensor ids, Tensor special) {
        Tensor x = torch.where(ids.eq(scalar(begin)).unsqueeze(-1), special.select(0, 0), words);
        return torch.where(ids.eq(scalar(end)).unsqueeze(-1), special.select(0, 1), x);
    }

    /**
     * Logits with the columns of beginning and end made anew.
     *
     * @param logits {@code [..., vocabulary]}
     * @param hidden {@code [..., width]}
     * @param rows {@code [2, width]}
     * @param bias {@code [2]}, or null
     */
    public Tensor logits(Tensor logits, Tensor hidden, Tensor rows, @Nullable Tensor bias) {
        Tensor both = linear(hidden, rows, bias);
        Tensor x = logits.index_copy(-1, at(begin, logits), slice(both, -1, 0, 1));
        return x.index_copy(-1, at(end, logits), slice(both, -1, 1, 2));
    }

    /**
     * A table of words, or an output's rows, with those of beginning and end in place.
     *
     * @param table {@code [vocabulary, width]}, or {@code [vocabulary]} for a bias
     * @param rows {@code [2, width]}, or {@code [2]}
     */
    public Tensor merged(Tensor table, Tensor rows) {
        return table.index_copy(0, at(begin, table), slice(rows, 0, 0, 1))
                .index_copy(0, at(end, table), slice(rows, 0, 1, 2));
    }

    private static Tensor at(long id, Tensor like) {
        return Tensors.to(longs(new long[] {id}), like.device());
    }
}
