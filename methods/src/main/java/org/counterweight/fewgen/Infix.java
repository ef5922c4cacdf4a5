package org.counterweight.fewgen;

import static org.counterweight.engine.Tensors.scalar;

import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** The trained vectors of a label between two sentences. */
public final class Infix {
    private Infix() {}

    /**
     * Words with a label's vectors at the marked places of each row, in order.
     *
     * @param words {@code [rows, length, width]}
     * @param places {@code [rows, length]}, 1 where one stands; as many in each row as there are vectors
     * @param vectors {@code [infix, width]}
     * @throws IllegalArgumentException if a row has more or fewer places, as one that was truncated, naming it
     */
    public static Tensor put(Tensor words, Tensor places, Tensor vectors) {
        Tensor which = numbers(places, vectors.size(0));
        Tensor spread = vectors.index_select(0, which.clamp_min(new Scalar(0L)).reshape(-1))
                .view_as(words);
        return torch.where(which.ge(scalar(0)).unsqueeze(-1), spread, words);
    }

    /**
     * Which vector stands where, counted from 0; −1 where none does, {@code int64 [rows, length]}.
     *
     * @throws IllegalArgumentException as {@link #put}
     */
    public static Tensor numbers(Tensor places, long vectors) {
        Tensor marked = places.ne(scalar(0)).to(ScalarType.Long);
        Tensor counted = marked.cumsum(1);
        Tensor counts = counted.select(1, -1);
        Tensor wrong = counts.ne(scalar(vectors)).nonzero().view(-1);
        if (wrong.size(0) > 0) {
            long row = wrong.select(0, 0).item_long();
            throw new IllegalArgumentException("row " + row + " has "
                    + counts.select(0, row).item_long() + " places for the " + vectors
                    + " vectors between its sentences; shorten the first sentence, or allow longer texts");
        }
        return counted.mul(marked).sub(new Scalar(1L));
    }
}
