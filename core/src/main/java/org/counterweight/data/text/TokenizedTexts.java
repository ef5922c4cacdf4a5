package org.counterweight.data.text;

import java.util.List;
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
        return of(texts, List.of(), tokenizer);
    }

    /**
     * The same of texts that are read two by two.
     *
     * @param pairs one for each text; empty where texts stand alone
     */
    public static TokenizedTexts of(List<String> texts, List<String> pairs, TextTokenizer tokenizer) {
        return new TokenizedTexts(tokenizer.encode(texts, pairs), tokenizer.padId());
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
        return new Batch(tokens.inputs(pad, rows))
                .with(Batch.ROW, Tensors.longs(IntStream.of(rows).asLongStream().toArray()));
    }
}
