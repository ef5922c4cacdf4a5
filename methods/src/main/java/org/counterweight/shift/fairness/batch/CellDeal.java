package org.counterweight.shift.fairness.batch;

import java.util.Arrays;

/** One cell's shuffled rows, dealt out in chunks. */
final class CellDeal {
    private final int[] rows;
    private final Wrap wrap;
    private int next;

    CellDeal(int[] rows, Wrap wrap) {
        this.rows = rows;
        this.wrap = wrap;
    }

    /** The next rows; none where the cell has none. */
    int[] chunk(int size) {
        if (rows.length == 0 || size == 0) {
            return new int[0];
        }
        return next + size <= rows.length ? straight(size) : wrap == Wrap.EXACT ? around(size) : official(size);
    }

    private int[] straight(int size) {
        int[] chunk = Arrays.copyOfRange(rows, next, next + size);
        next += size;
        return chunk;
    }

    private int[] around(int size) {
        int[] chunk = new int[size];
        for (int i = 0; i < size; i++) {
            chunk[i] = rows[(next + i) % rows.length];
        }
        next = (next + size) % rows.length;
        return chunk;
    }

    private int[] official(int size) {
        int tail = rows.length - next;
        int head = Math.min(size - tail, rows.length);
        int[] chunk = Arrays.copyOf(Arrays.copyOfRange(rows, next, rows.length), tail + head);
        System.arraycopy(rows, 0, chunk, tail, head);
        next = tail;
        return chunk;
    }
}
