package org.counterweight.audit;

import java.util.Arrays;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Tensors;
import org.jspecify.annotations.Nullable;

/**
 * Rows of the table of words are put back: to those of a table that is trusted, or to the mean of rows of words that are as
 * rare. A trigger loses its meaning, and the word with it.
 */
public final class EmbeddingReset {
    private EmbeddingReset() {}

    /**
     * A copy of {@code table}, {@code [vocabulary, width]}, with the rows put back; it belongs to the open scope.
     *
     * @param rows to put back
     * @param trusted a table of the same shape, or null
     * @param alike rows of other words of the same frequency, whose mean is taken where there is no trusted table
     */
    public static Tensor of(Tensor table, int[] rows, @Nullable Tensor trusted, int[] alike) {
        try (var scope = Scope.open();
                var off = Tensors.noGrad()) {
            Tensor places = places(rows);
            Tensor back = trusted == null
                    ? Tensors.mean(table.index_select(0, places(alike)), true, 0)
                            .expand(rows.length, table.size(1))
                    : trusted.index_select(0, places).to(table.scalar_type());
            Tensor changed = table.detach().clone();
            changed.index_copy_(0, places, back);
            return scope.keep(changed);
        }
    }

    private static Tensor places(int[] rows) {
        return Tensors.longs(Arrays.stream(rows).asLongStream().toArray());
    }
}
