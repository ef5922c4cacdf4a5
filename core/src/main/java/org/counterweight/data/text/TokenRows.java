package org.counterweight.data.text;

import java.util.Arrays;
import java.util.Objects;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.data.DataException;
import org.counterweight.engine.Tensors;

/** Rows of token ids of any length, end to end in one array: four bytes a token and four a row. */
public final class TokenRows {
    private final int[] tokens;
    private final int[] starts;
    private final int truncated;

    private TokenRows(int[] tokens, int[] starts, int truncated) {
        this.tokens = tokens;
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

    /** Collects rows. */
    public static final class Builder {
        private int[] tokens = new int[1024];
        private int[] starts = new int[256];
        private int used;
        private int rows;
        private int truncated;

        /** Appends a row. */
        public Builder add(long[] ids, boolean cut) {
            if (used + (long) ids.length > Integer.MAX_VALUE - 8) {
                throw new DataException(
                        "more than 2^31 tokens do not fit in memory; take fewer rows or a shorter max_length");
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

        private static int[] room(int[] array, int needed) {
            return needed <= array.length
                    ? array
                    : Arrays.copyOf(array, (int) Math.min(Integer.MAX_VALUE - 8, Math.max(needed, 2L * array.length)));
        }

        public TokenRows build() {
            return new TokenRows(Arrays.copyOf(tokens, used), Arrays.copyOf(starts, rows + 1), truncated);
        }
    }
}
