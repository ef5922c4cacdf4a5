package org.counterweight.shift.fairness.judge;

import java.util.List;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.config.ConfigException;
import org.counterweight.config.Nearest;
import org.counterweight.data.LabelledDataset;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Tensors;
import org.counterweight.model.Batch;
import org.counterweight.shift.fairness.CellShares;
import org.counterweight.shift.fairness.Cells;
import org.counterweight.train.part.Run;
import org.counterweight.train.weigh.RowColumn;
import org.jspecify.annotations.Nullable;

/**
 * The rows of a classifier's run in cells of label and group.
 *
 * @param positive the class that counts as y = 1; all others are y = −1
 * @param name its name
 * @param cells of the rows to learn from
 */
public record FairRows(int positive, String name, Cells cells) {
    /** The batch's tensor that holds each row's group, 0 or 1. */
    public static final String GROUP = "group";

    /** What a part that looks at two groups needs of each row. */
    public static final List<RowColumn> COLUMNS = List.of(new RowColumn(GROUP, "its group", 2, null));

    private static final int AT_A_TIME = 1024;

    /**
     * Finds the cells.
     *
     * @param section of the recipe, for messages
     * @param positive the name of the class; null for the later of two
     * @throws ConfigException if the rows have no classes, more than two of which none is named, or a cell is empty
     */
    public static FairRows of(Run run, String section, @Nullable String positive) {
        if (run.classes() == null) {
            throw new ConfigException(
                    section + " compares how two groups are classified, and the rows of this run have no"
                            + " classes; leave it out, or take a task that tells classes");
        }
        LabelledDataset rows = run.classes().learnt();
        int label = label(rows.labelNames(), section, positive);
        double[] y = IntStream.range(0, rows.size())
                .mapToDouble(row -> rows.label(row) == label ? 1 : -1)
                .toArray();
        try (var scope = Scope.open()) {
            Cells cells = Cells.of(Tensors.doubles(y), Tensors.doubles(groups(rows)));
            for (int k = 0; k < CellShares.CELLS; k++) {
                if (cells.count(k) == 0) {
                    throw new ConfigException(section + ": no row to learn from is in the cell " + CellShares.name(k)
                            + ", so the groups cannot be compared there; add such rows, or leave " + section + " out");
                }
            }
            return new FairRows(label, rows.labelNames().get(label), cells);
        }
    }

    private static int label(List<String> names, String section, @Nullable String positive) {
        if (positive != null) {
            if (!names.contains(positive)) {
                throw new ConfigException(section + ".positive: there is no class \"" + positive + "\""
                        + Nearest.hint(positive, names, "The classes are"));
            }
            return names.indexOf(positive);
        }
        if (names.size() > 2) {
            throw new ConfigException(section + ".positive: there are " + names.size()
                    + " classes, so that y = 1 has to be named; one of " + String.join(", ", names));
        }
        return 1;
    }

    private static double[] groups(LabelledDataset rows) {
        double[] groups = new double[rows.size()];
        for (int from = 0; from < groups.length; from += AT_A_TIME) {
            try (var scope = Scope.open()) {
                int[] some = IntStream.range(from, Math.min(groups.length, from + AT_A_TIME))
                        .toArray();
                double[] found = Tensors.toDoubles(rows.batch(some).get(GROUP).to(ScalarType.Double));
                System.arraycopy(found, 0, groups, from, found.length);
            }
        }
        return groups;
    }

    /** How far the score of y = 1 lies above that of all other classes together, {@code [rows]}, of logits. */
    public Tensor margins(Tensor logits) {
        Tensor wide = logits.to(ScalarType.Double);
        if (wide.size(1) == 2) { // the one other class is all others
            return wide.select(1, positive).sub(wide.select(1, 1 - positive));
        }
        long[] others = IntStream.range(0, Math.toIntExact(wide.size(1)))
                .filter(label -> label != positive)
                .asLongStream()
                .toArray();
        Tensor rest = wide.index_select(1, Tensors.longs(others)).logsumexp(1);
        return wide.select(1, positive).sub(rest);
    }

    /** Whether y = 1 is the class of the highest score, 1 or 0, {@code [rows]}. */
    Tensor decisions(Tensor logits) {
        return logits.argmax(new LongOptional(1), false)
                .eq(Tensors.scalar(positive))
                .to(ScalarType.Double);
    }

    /** The number of the cell of each of a batch's rows, {@code int64 [rows]}, where the batch lies. */
    public Tensor cellsOf(Batch batch) {
        Tensor negative = batch.labels().ne(Tensors.scalar(positive)).to(ScalarType.Long);
        Tensor zero = batch.get(GROUP).eq(Tensors.scalar(0)).to(ScalarType.Long);
        return Tensors.times(negative, 2).to(ScalarType.Long).add(zero); // as Cells.at has it
    }

    /** The cells of a batch's rows. */
    Cells of(Batch batch) {
        Tensor y = batch.labels().eq(Tensors.scalar(positive)).to(ScalarType.Double);
        return Cells.of(y, batch.get(GROUP));
    }
}
