package org.counterweight.data.text;

import java.util.Map;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.counterweight.data.Dataset;
import org.counterweight.engine.Tensors;
import org.counterweight.model.Batch;

/**
 * Texts and what is to be answered to each, for models that read a text whole and answer it. A batch has {@code input_ids} and
 * {@code attention_mask} of the texts, {@code labels}, the answers' tokens with −100 behind them, and
 * {@code decoder_input_ids}, the same moved one place on behind the token that answers begin with: all
 * {@code int64 [rows, longest]}; and {@code row} ({@code int64 [rows]}).
 *
 * @param answers of as many rows as the texts
 * @param pad fills up short rows
 * @param start the token that an answer begins with
 */
public record AnsweredTexts(TokenRows texts, TokenRows answers, int pad, long start) implements Dataset {
    private static final int NOTHING = -100;

    /** @throws IllegalArgumentException if there are not as many answers as texts */
    public AnsweredTexts {
        if (texts.size() != answers.size()) {
            throw new IllegalArgumentException(texts.size() + " texts, but " + answers.size() + " answers");
        }
    }

    @Override
    public int size() {
        return texts.size();
    }

    @Override
    public int length(int row) {
        return texts.length(row) + answers.length(row);
    }

    @Override
    public Batch batch(int... rows) {
        Tensor before = answers.ids(pad, rows);
        Tensor first = torch.full_like(Tensors.slice(before, 1, 0, 1), new Scalar(start));
        Tensor moved = torch.cat(new TensorVector(first, Tensors.slice(before, 1, 0, before.size(1) - 1)), 1);
        return new Batch(Map.of(
                Batch.INPUT_IDS,
                texts.ids(pad, rows),
                Batch.ATTENTION_MASK,
                texts.mask(rows),
                Batch.DECODER_INPUT_IDS,
                moved,
                Batch.LABELS,
                answers.ids(NOTHING, rows),
                Batch.ROW,
                Tensors.longs(IntStream.of(rows).asLongStream().toArray())));
    }
}
