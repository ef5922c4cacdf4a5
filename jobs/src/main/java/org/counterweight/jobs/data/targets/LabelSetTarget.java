package org.counterweight.jobs.data.targets;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.counterweight.data.DataException;
import org.counterweight.data.Dataset;
import org.counterweight.data.TargetRows;
import org.counterweight.data.table.TableRows;
import org.counterweight.data.table.row.Wanted;

/** Any number of classes: lists of JSON or Parquet, or names joined in one cell; see {@link LabelList}. */
public record LabelSetTarget() implements Target {
    @Override
    public Wanted wanted(String column) {
        return Wanted.list(column).orNothing(); // a row may have none of the classes
    }

    /** In alphabetical order. */
    @Override
    public List<String> names(Path file, String column, TableRows rows) {
        var names = new TreeSet<String>();
        rows.texts(column).forEach(value -> names.addAll(LabelList.of(value)));
        if (names.isEmpty()) {
            throw new DataException(file + ": " + column + " names no class in any row; name another column");
        }
        return new ArrayList<>(names);
    }

    @Override
    public Dataset on(Dataset inputs, Path file, String column, TableRows rows, List<String> names) {
        Map<String, Integer> index = new HashMap<>();
        names.forEach(name -> index.put(name, index.size()));
        List<String> values = rows.texts(column);
        float[] targets = new float[values.size() * names.size()];
        for (int row = 0; row < values.size(); row++) {
            for (String label : LabelList.of(values.get(row))) {
                Integer known = index.get(label);
                if (known == null) {
                    throw new DataException(file + ": " + rows.places().get(row) + ": the label \"" + label
                            + "\" is none of the known classes (" + shown(names) + ")");
                }
                targets[row * names.size() + known] = 1;
            }
        }
        return new TargetRows(inputs, targets, names.size());
    }

    private static String shown(List<String> names) {
        return names.size() <= 12
                ? String.join(", ", names)
                : String.join(", ", names.subList(0, 12)) + ", … " + names.size() + " in all";
    }
}
