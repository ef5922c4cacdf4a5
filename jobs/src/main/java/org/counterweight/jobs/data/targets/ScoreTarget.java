package org.counterweight.jobs.data.targets;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.counterweight.data.DataException;
import org.counterweight.data.Dataset;
import org.counterweight.data.TargetRows;
import org.counterweight.data.table.NumbersWritten;
import org.counterweight.data.table.Table;
import org.counterweight.data.table.TableRows;
import org.counterweight.data.table.row.TableFormat;
import org.counterweight.data.table.row.Wanted;
import org.counterweight.data.table.written.Written;
import org.counterweight.data.table.written.WrittenSurvey.Found;
import org.counterweight.data.table.written.WrittenSurvey.Kind;
import org.jspecify.annotations.Nullable;

/**
 * A number.
 *
 * @param mean taken away from it before it is learnt
 * @param deviation by which it is then divided
 * @param written how it is written where it is no plain number; else null
 */
public record ScoreTarget(
        double mean, double deviation, @Nullable Written written) implements Target {
    /** Plain numbers that are learnt as they are. */
    public static final ScoreTarget AS_IT_IS = new ScoreTarget(0, 1, null);

    /**
     * Numbers that are learnt as they are, however the file to learn from writes them.
     *
     * @param remarks is told how, where that is not plain
     * @throws DataException if there is no such column, or it can be read in two ways
     */
    public static ScoreTarget of(Path file, TableFormat format, String column, Consumer<String> remarks) {
        if (!Table.isTable(file, format)) {
            return AS_IT_IS;
        }
        Table table = Table.open(file, format, List.of(column));
        var surveyed = new NumbersWritten(table, format);
        surveyed.add(
                column,
                table.read(List.of(Wanted.any(column)), new ArrayList<>()).texts(column));
        Found found = surveyed.found(column);
        if (found.kind() == Kind.UNCLEAR) {
            throw new DataException(file + ": " + column + ": " + found.remark());
        }
        if (!found.remark().isEmpty()) {
            remarks.accept(file + ": " + column + ": " + found.remark());
        }
        return new ScoreTarget(0, 1, found.written());
    }

    @Override
    public Wanted wanted(String column) {
        return Wanted.number(column).written(written);
    }

    @Override
    public List<String> names(Path file, String column, TableRows rows) {
        double[] values = rows.numbers(column);
        if (Arrays.stream(values).distinct().count() < 2) {
            throw new DataException(file + ": " + column + " is " + values[0]
                    + " in every row, so that there is nothing to learn; name another column");
        }
        return List.of(column);
    }

    @Override
    public Dataset on(Dataset inputs, Path file, String column, TableRows rows, List<String> names) {
        double[] values = rows.numbers(column);
        float[] targets = new float[values.length];
        for (int row = 0; row < targets.length; row++) {
            targets[row] = (float) ((values[row] - mean) / deviation);
        }
        return new TargetRows(inputs, targets, 1);
    }
}
