package org.counterweight.data.text;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.IntFunction;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.data.DataException;
import org.counterweight.engine.Tensors;
import org.counterweight.model.Batch;
import org.jspecify.annotations.Nullable;

/**
 * Rows of token ids of any length, end to end in one array: four bytes a token and four a row, and one more a token where some
 * rows have tokens of a second text.
 */
public final class TokenRows {
    private final int[] tokens;
    private final byte @Nullable [] types;
    private final int[] starts;
    private final int truncated;

    private TokenRows(int[] tokens, byte @Nullable [] types, int[] starts, int truncated) {
        this.tokens = tokens;
        this.types = types;
        this.starts = starts;
        this.truncated = truncated;
    }

    /** How many rows. */
    public int size() {
        return starts.length - 1;
    }

    /** How many tokens a row has. */
    public int length(int row) {
        return starts[row + 1] - starts[row];
    }

    /** How many tokens all rows have. */
    public int tokens() {
        return tokens.length;
    }

    /**
     * Refuses rows of no token, as an empty text is to tokenizers that add none of their own: nothing could be told of one, and
     * beside others it would be told by what fills it up.
     *
     * @param name of a row, for the message
     * @throws DataException with the first of them
     */
    public TokenRows requireTokens(IntFunction<String> name) {
        for (int row = 0; row < size(); row++) {
            if (length(row) == 0) {
                throw new DataException(name.apply(row) + ": the text has no token, for it is empty, and this model's"
                        + " tokenizer adds none that begins or ends a text; give it words, or leave the row out");
            }
        }
        return this;
    }

    /** How many rows were cut at the greatest length allowed. */
    public int truncated() {
        return truncated;
    }

    /** A copy of one row. */
    public int[] row(int row) {
        Objects.checkIndex(row, size());
        return Arrays.copyOfRange(tokens, starts[row], starts[row + 1]);
    }

    /** A copy of one row, as encoders and decoders take it. */
    public long[] ids(int row) {
        return Arrays.stream(row(row)).asLongStream().toArray();
    }

    /** The length of the longest of these rows. */
    public int longest(int... rows) {
        return Arrays.stream(rows).map(this::length).max().orElse(0);
    }

    /** {@code int64 [rows, longest]}, padded on the right with {@code pad}. */
    public Tensor ids(int pad, int... rows) {
        int width = longest(rows);
        long[] ids = new long[rows.length * width];
        Arrays.fill(ids, pad);
        for (int i = 0; i < rows.length; i++) {
            int length = length(rows[i]);
            int start = starts[rows[i]];
            for (int j = 0; j < length; j++) {
                ids[i * width + j] = tokens[start + j];
            }
        }
        return Tensors.longs(ids, rows.length, width);
    }

    /** {@code int64 [rows, longest]}: 1 where there is a token, 0 where there is padding. */
    public Tensor mask(int... rows) {
        int width = longest(rows);
        long[] mask = new long[rows.length * width];
        for (int i = 0; i < rows.length; i++) {
            Arrays.fill(mask, i * width, i * width + length(rows[i]), 1);
        }
        return Tensors.longs(mask, rows.length, width);
    }

    /** What a model reads of these rows: ids, where there is padding, and, where some are of a second text, types. */
    public Map<String, Tensor> inputs(int pad, int... rows) {
        var inputs = new LinkedHashMap<String, Tensor>();
        inputs.put(Batch.INPUT_IDS, ids(pad, rows));
        inputs.put(Batch.ATTENTION_MASK, mask(rows));
        if (types != null) {
            inputs.put(Batch.TOKEN_TYPE_IDS, types(types, rows));
        }
        return inputs;
    }

    /** {@code int64 [rows, longest]}: which of a row's texts a token is of, from 0 on; 0 where there is padding. */
    private Tensor types(byte[] all, int... rows) {
        int width = longest(rows);
        long[] chosen = new long[rows.length * width];
        for (int i = 0; i < rows.length; i++) {
            int start = starts[rows[i]];
            for (int j = 0; j < length(rows[i]); j++) {
                chosen[i * width + j] = all[start + j];
            }
        }
        return Tensors.longs(chosen, rows.length, width);
    }

    /** Collects rows. */
    public static final class Builder {
        private int[] tokens = new int[1024];
        private byte[] types = {};
        private int[] starts = new int[256];
        private int used;
        private int rows;
        private int truncated;

        /** Appends a row of one text. */
        public Builder add(long[] ids, boolean cut) {
            return add(ids, new long[0], cut);
        }

        /**
         * Appends a row.
         *
         * @param types which of its texts each token is of, from 0 on; empty of one text
         */
        public Builder add(long[] ids, long[] types, boolean cut) {
            if (used + (long) ids.length > Integer.MAX_VALUE - 8) {
                throw new DataException(
                        "more than 2^31 tokens do not fit in memory; take fewer rows or a shorter max_length");
            }
            if (Arrays.stream(types).anyMatch(type -> type != 0)) {
                addTypes(types);
            }
            tokens = room(tokens, used + ids.length);
            for (long id : ids) {
                tokens[used++] = Math.toIntExact(id);
            }
            starts = room(starts, rows + 2);
            starts[++rows] = used;
            truncated += cut ? 1 : 0;
            return this;
        }

        private void addTypes(long... row) {
            if (types.length < used + row.length) {
                types = Arrays.copyOf(types, 2 * (used + row.length));
            }
            for (int i = 0; i < row.length; i++) {
                types[used + i] = (byte) row[i];
            }
        }

        private static int[] room(int[] array, int needed) {
            return needed <= array.length
                    ? array
                    : Arrays.copyOf(array, (int) Math.min(Integer.MAX_VALUE - 8, Math.max(needed, 2L * array.length)));
        }

        public TokenRows build() {
            return new TokenRows(
                    Arrays.copyOf(tokens, used),
                    types.length == 0 ? null : Arrays.copyOf(types, used),
                    Arrays.copyOf(starts, rows + 1),
                    truncated);
        }
    }
}
