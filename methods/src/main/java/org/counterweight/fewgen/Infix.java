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
        Tensor marked = places.ne(scalar(0));
        Tensor numbers = marked.to(ScalarType.Long).cumsum(1);
        Tensor counts = numbers.select(1, -1);
        Tensor wrong = counts.ne(scalar(vectors.size(0))).nonzero().view(-1);
        if (wrong.size(0) > 0) {
            long row = wrong.select(0, 0).item_long();
            throw new IllegalArgumentException("row " + row + " has "
                    + counts.select(0, row).item_long() + " places for the " + vectors.size(0)
                    + " vectors between its sentences; shorten the first sentence, or allow longer texts");
        }
        Tensor which = numbers.sub(new Scalar(1L)).clamp_min(new Scalar(0L));
        Tensor spread = vectors.index_select(0, which.reshape(-1)).view_as(words);
        return torch.where(marked.unsqueeze(-1), spread, words);
    }
}
