package org.counterweight.jobs.data.targets;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.counterweight.data.DataException;
import org.counterweight.data.Dataset;
import org.counterweight.data.TargetRows;
import org.counterweight.data.table.TableRows;
import org.counterweight.data.table.row.Wanted;

/**
 * A number.
 *
 * @param mean taken away from it before it is learnt
 * @param deviation by which it is then divided
 */
public record ScoreTarget(double mean, double deviation) implements Target {
    /** Numbers that are learnt as they are. */
    public static final ScoreTarget AS_IT_IS = new ScoreTarget(0, 1);

    @Override
    public Wanted wanted(String column) {
        return Wanted.number(column);
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
