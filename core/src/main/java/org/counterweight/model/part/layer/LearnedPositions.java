package org.counterweight.model.part.layer;

import static org.counterweight.engine.Tensors.options;
import static org.counterweight.engine.Tensors.scalar;

import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.model.Batch;
import org.counterweight.model.Params;
import org.counterweight.model.part.Shapes;
import org.jspecify.annotations.Nullable;

/**
 * A table with a row for each place in a text, which is added to the words' embeddings.
 *
 * @param module the table's name
 * @param rows of the table
 * @param first the row of the first word
 * @param counted what counts as a word
 * @param padding the id of the padding token, whose places are counted by {@link Counted#WORDS}; −1 for none
 */
public record LearnedPositions(String module, int rows, int first, Counted counted, int padding) {
    /** What takes a place. */
    public enum Counted {
        /** Every column, padding included: BERT. */
        COLUMNS,
        /** Ids other than the padding token, which itself has the row before the first: RoBERTa. */
        WORDS,
        /** Columns where the attention mask is 1; others have the row before the first: OPT. */
        UNMASKED
    }

    /** The longest text. */
    public int longest() {
        return rows - first;
    }

    /**
     * The rows for a batch, {@code [length, width]} or {@code [rows, length, width]}; of its {@code position_ids}, where it
     * has these.
     *
     * @param before how many tokens were read before
     * @throws IllegalArgumentException if the text is longer than the table
     */
    public Tensor of(Params at, Batch batch, long before) {
        Tensor ids = batch.inputIds();
        long length = ids.size(1);
        if (before + length > longest()) {
            throw new IllegalArgumentException("input_ids: " + (before + length) + " tokens, but the model has "
                    + longest() + " positions (max_position_embeddings); truncate the text");
        }
        Tensor given = batch.find(Batch.POSITION_IDS);
        if (given != null) {
            return at.embedding(module, given.add(new Scalar(first + before)));
        }
        Tensor places = places(batch, ids, before);
        return places == null
                ? at.embedding(module, first + before, first + before + length)
                : at.embedding(module, places);
    }

    /** The place of each token; null where they follow one another. */
    private @Nullable Tensor places(Batch batch, Tensor ids, long before) {
        Tensor words = switch (counted) {
            case COLUMNS -> null;
            case WORDS -> padding < 0 ? null : ids.ne(scalar(padding)).to(ScalarType.Long);
            case UNMASKED -> batch.find(Batch.ATTENTION_MASK);
        };
        if (words == null) {
            return null;
        }
        Tensor counted = torch.cumsum(words, 1);
        Tensor numbers = (before == 0 ? counted : counted.add(torch.full_like(counted, scalar(before)))).mul(words);
        return numbers.add(torch.full(new long[] {1}, scalar(first - 1), options(numbers)));
    }

    /** {@code shapes} with the table, below {@code prefix}. */
    public Shapes shapes(Shapes shapes, String prefix, long width) {
        return shapes.embedding(prefix + module, rows, width);
    }
}
