package org.counterweight.data.text;

import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.data.LabelledDataset;
import org.counterweight.engine.Tensors;
import org.counterweight.model.Batch;

/**
 * Tokenized texts, or pairs of them, and the class of each. A batch has {@code input_ids}, {@code attention_mask} and, of pairs that
 * the model is to tell apart, {@code token_type_ids} ({@code int64 [rows, longest]}, padded to the longest of its own rows), {@code labels} and {@code row} ({@code int64 [rows]}).
 */
public final class TextClassification implements LabelledDataset {
    private final LabelledTexts texts;
    private final TokenRows tokens;
    private final int pad;

    private TextClassification(LabelledTexts texts, TokenRows tokens, int pad) {
        this.texts = texts;
        this.tokens = tokens.requireTokens(row -> "row " + (row + 1));
        this.pad = pad;
    }

    /** Tokenizes every text once; longer ones are cut at the tokenizer's {@link TextTokenizer#maxLength}. */
    public static TextClassification of(LabelledTexts texts, TextTokenizer tokenizer) {
        return new TextClassification(texts, tokenizer.encode(texts.texts(), texts.pairs()), tokenizer.padId());
    }

    /**
     * Of texts that are tokens already.
     *
     * @param tokens a row for each text
     * @param pad the token that fills up short rows
     */
    public static TextClassification of(LabelledTexts texts, TokenRows tokens, int pad) {
        if (tokens.size() != texts.texts().size()) {
            throw new IllegalArgumentException(
                    tokens.size() + " rows of tokens for " + texts.texts().size() + " texts");
        }
        return new TextClassification(texts, tokens, pad);
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
    public List<String> labelNames() {
        return texts.labelNames();
    }

    @Override
    public int label(int row) {
        return texts.labels()[row];
    }

    @Override
    public String text(int row) {
        return texts.shown(row);
    }

    /** The token ids of every row. */
    public TokenRows tokens() {
        return tokens;
    }

    @Override
    public Batch batch(int... rows) {
        long[] labels = new long[rows.length];
        long[] numbers = new long[rows.length];
        for (int i = 0; i < rows.length; i++) {
            labels[i] = label(rows[i]);
            numbers[i] = rows[i];
        }
        Map<String, Tensor> tensors = tokens.inputs(pad, rows);
        tensors.put(Batch.LABELS, Tensors.longs(labels));
        tensors.put(Batch.ROW, Tensors.longs(numbers));
        return new Batch(tensors);
    }
}
