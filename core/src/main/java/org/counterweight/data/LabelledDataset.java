package org.counterweight.data;

import java.util.List;

/** Rows that each belong to one of a few named classes. */
public interface LabelledDataset extends Dataset {
    /** The classes' names; a label is an index into them. */
    List<String> labelNames();

    /** The class of a row. */
    int label(int row);

    @Override
    default LabelledDataset select(int... rows) {
        return new LabelledSubset(this, rows);
    }

    /** How many rows each class has. */
    default int[] labelCounts() {
        int[] counts = new int[labelNames().size()];
        for (int row = 0; row < size(); row++) {
            counts[label(row)]++;
        }
        return counts;
    }
}
