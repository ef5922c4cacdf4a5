package org.counterweight.data;

import java.util.List;
import org.counterweight.model.Batch;
import org.jspecify.annotations.Nullable;

/** Some rows of another labelled data set, numbered anew. */
final class LabelledSubset implements LabelledDataset {
    private final LabelledDataset whole;
    private final int[] rows;
    private final Subset subset;

    LabelledSubset(LabelledDataset whole, int[] rows) {
        this.whole = whole;
        this.rows = rows.clone();
        this.subset = new Subset(whole, this.rows);
    }

    @Override
    public int size() {
        return subset.size();
    }

    @Override
    public boolean isOneContext() {
        return subset.isOneContext();
    }

    @Override
    public int length(int row) {
        return subset.length(row);
    }

    @Override
    public @Nullable String text(int row) {
        return subset.text(row);
    }

    @Override
    public Batch batch(int... numbers) {
        return subset.batch(numbers);
    }

    @Override
    public List<String> labelNames() {
        return whole.labelNames();
    }

    @Override
    public int label(int row) {
        return whole.label(rows[row]);
    }
}
