package org.counterweight.jobs.data.targets;

import java.nio.file.Path;
import java.util.List;
import org.counterweight.data.Dataset;
import org.counterweight.data.LabelledRows;
import org.counterweight.data.table.TableRows;
import org.counterweight.data.table.row.Wanted;
import org.counterweight.data.text.LabelledTexts;
import org.counterweight.jobs.recipe.data.Labels;

/**
 * One of a few classes.
 *
 * @param labels what the column's values are taken for
 */
public record ClassTarget(Labels labels) implements Target {
    @Override
    public Wanted wanted(String column) {
        return Wanted.text(column);
    }

    /** In alphabetical order, or in that of numbers. */
    @Override
    public List<String> names(Path file, String column, TableRows rows) {
        if (labels == Labels.AUTO) {
            LabelColumn.of(file, column, rows).check();
        }
        List<String> values = rows.texts(column);
        return LabelledTexts.of(values, values).labelNames();
    }

    @Override
    public Dataset on(Dataset inputs, Path file, String column, TableRows rows, List<String> names) {
        List<String> values = rows.texts(column);
        LabelledTexts labelled = LabelledTexts.of(
                values, values, names, row -> file + ": " + rows.places().get(row));
        return new LabelledRows(inputs, labelled.labels(), names);
    }
}
