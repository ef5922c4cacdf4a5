package org.counterweight.data.text;

import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.counterweight.data.Dataset;
import org.counterweight.engine.Tensors;
import org.counterweight.model.Batch;

/**
 * Tokenized texts without classes, a row each. A batch has {@code input_ids} and {@code attention_mask}
 * ({@code int64 [rows, longest]}, padded to the longest of its own rows), and {@code row} ({@code int64 [rows]}).
 */
public record TokenizedTexts(TokenRows tokens, int pad) implements Dataset {
    /** Tokenizes every text once; longer ones are cut at the tokenizer's {@link TextTokenizer#maxLength}. */
    public static TokenizedTexts of(List<String> texts, TextTokenizer tokenizer) {
        return new TokenizedTexts(tokenizer.encode(texts), tokenizer.padId());
    }

    @Override
    public int size() {
        return tokens.size();
    }

    @Override
    public int length(int row) {
        return tokens.length(row);
    }

    @Override
    public Batch batch(int... rows) {
        return new Batch(Map.of(
                Batch.INPUT_IDS,
                tokens.ids(pad, rows),
                Batch.ATTENTION_MASK,
                tokens.mask(rows),
                Batch.ROW,
                Tensors.longs(IntStream.of(rows).asLongStream().toArray())));
    }
}
