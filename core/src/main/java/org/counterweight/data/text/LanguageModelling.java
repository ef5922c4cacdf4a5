package org.counterweight.data.text;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.config.ConfigException;
import org.counterweight.data.DataException;
import org.counterweight.data.Dataset;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;
import org.counterweight.model.Batch;

/**
 * Documents as blocks of tokens of one length. A document ends with an end token and is followed by the next; what is left
 * over after the last whole block is dropped. A batch has {@code input_ids} and, equal to them, {@code labels}
 * ({@code int64 [rows, block]}); {@code row} ({@code int64 [rows]}).
 */
public final class LanguageModelling implements Dataset {
    /** The tokens of {@link #bytes}: 256 bytes, and one that ends a document. */
    public static final int BYTE_VOCABULARY = 257;

    /** Ends a document of {@link #bytes}. */
    public static final int END = 256;

    private final TokenRows tokens;

    private LanguageModelling(TokenRows tokens) {
        this.tokens = tokens;
    }

    /** UTF-8 bytes as tokens. */
    public static LanguageModelling bytes(List<String> documents, int block) {
        var blocks = new Blocks(block);
        for (String document : documents) {
            for (byte b : document.getBytes(StandardCharsets.UTF_8)) {
                blocks.add(b & 0xff);
            }
            blocks.add(END);
        }
        return new LanguageModelling(blocks.rows.build());
    }

    /**
     * The tokens of a Hugging Face tokenizer, without the special ones that it would put around a document.
     *
     * @param tokenizer opened with {@link TextTokenizer#UNLIMITED}
     * @param end the token that ends a document
     */
    public static LanguageModelling tokens(List<String> documents, TextTokenizer tokenizer, int end, int block) {
        TokenRows encoded = tokenizer.encode(documents, false);
        if (encoded.truncated() > 0) {
            throw new ConfigException("max_length", tokenizer.maxLength(), "no limit for language modelling");
        }
        var blocks = new Blocks(block);
        for (int row = 0; row < encoded.size(); row++) {
            for (int token : encoded.row(row)) {
                blocks.add(token);
            }
            blocks.add(end);
        }
        return new LanguageModelling(blocks.rows.build());
    }

    /**
     * Some documents held out: a block of one part never has a line of a document of another.
     *
     * @param share of the documents that are held out, in (0, 1)
     */
    public static HeldOut holdOut(List<String> documents, double share, Seed seed) {
        boolean[] out = heldOut(documents.size(), share, seed);
        var train = new ArrayList<String>();
        var test = new ArrayList<String>();
        for (int i = 0; i < out.length; i++) {
            (out[i] ? test : train).add(documents.get(i));
        }
        return new HeldOut(train, test);
    }

    /** Which of so many documents {@link #holdOut} holds out. */
    public static boolean[] heldOut(int documents, double share, Seed seed) {
        if (!(share > 0 && share < 1)) {
            throw new ConfigException("held_out", share, "a share of the documents in (0, 1) (0.1 is usual)");
        }
        int held = Math.max(1, (int) Math.round(documents * share));
        if (held >= documents) {
            throw new DataException(documents + " documents are too few to hold some out; at least 2 are needed");
        }
        boolean[] out = new boolean[documents];
        int[] order = seed.permutation(documents);
        for (int i = 0; i < held; i++) {
            out[order[i]] = true;
        }
        return out;
    }

    /** Documents to learn from, and others to judge by; each in its old order. */
    public record HeldOut(List<String> train, List<String> test) {}

    private static final class Blocks {
        private final TokenRows.Builder rows = new TokenRows.Builder();
        private final long[] block;
        private int filled;

        Blocks(int length) {
            if (length < 2) {
                throw new ConfigException("block", length, "at least 2 tokens (128 is usual)");
            }
            block = new long[length];
        }

        void add(int token) {
            block[filled++] = token;
            if (filled == block.length) {
                rows.add(block, false);
                filled = 0;
            }
        }
    }

    @Override
    public int size() {
        return tokens.size();
    }

    @Override
    public int length(int row) {
        return tokens.length(Objects.checkIndex(row, size()));
    }

    @Override
    public Batch batch(int... rows) {
        long[] numbers = new long[rows.length];
        for (int i = 0; i < rows.length; i++) {
            numbers[i] = rows[i];
        }
        Tensor ids = tokens.ids(0, rows);
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        tensors.put(Batch.INPUT_IDS, ids);
        tensors.put(Batch.LABELS, ids);
        tensors.put(Batch.ROW, Tensors.longs(numbers));
        return new Batch(tensors);
    }
}
