package org.counterweight.data;

import java.util.List;
import java.util.Objects;
import org.counterweight.engine.Tensors;
import org.counterweight.model.Batch;
import org.jspecify.annotations.Nullable;

/** Some rows of another data set, numbered anew. */
final class Subset implements Dataset {
    private final Dataset whole;
    private final int[] rows;

    Subset(Dataset whole, int[] rows) {
        this.whole = whole;
        this.rows = rows.clone();
        for (int row : rows) {
            Objects.checkIndex(row, whole.size());
        }
    }

    @Override
    public int size() {
        return rows.length;
    }

    @Override
    public boolean isOneContext() {
        return whole.isOneContext();
    }

    @Override
    public int length(int row) {
        return whole.length(rows[row]);
    }

    @Override
    public @Nullable String text(int row) {
        return whole.text(rows[row]);
    }

    @Override
    public List<String> domains() {
        return whole.domains();
    }

    @Override
    public int domain(int row) {
        return whole.domain(rows[row]);
    }

    @Override
    public Batch batch(int... numbers) {
        int[] there = new int[numbers.length];
        long[] here = new long[numbers.length];
        for (int i = 0; i < numbers.length; i++) {
            there[i] = rows[numbers[i]];
            here[i] = numbers[i];
        }
        return whole.batch(there).with(Batch.ROW, Tensors.longs(here));
    }
}
