package org.counterweight.jobs.recipe.data;

import java.util.List;
import org.counterweight.config.Checks;
import org.counterweight.config.ConfigException;
import org.counterweight.config.Setting;
import org.counterweight.data.table.row.TableFormat;
import org.counterweight.train.augment.Augmentation;
import org.jspecify.annotations.Nullable;

/**
 * Rows of numbers and categories, and what is to be predicted for each: CSV, JSONL or Parquet. Paths are relative to the directory
 * that {@code cw} is started in.
 */
public record TableData(
        @Setting(
                value = "What the rows are",
                defaultsTo = "\"table\"",
                oneOf = {"table"})
        DataKind kind,

        @Setting(value = "File to learn from", example = "\"rows.csv\"")
        String train,

        @Setting(
                value = "File to choose by; without it dev_share of the training rows is held out",
                defaultsTo = "null")
        @Nullable
        String dev,

        @Setting(
                value = "File to judge by; without it test_share of the training rows is held out",
                defaultsTo = "null")
        @Nullable
        String test,

        @Setting(value = "Column or key of the target: a class, a number, a list of classes", defaultsTo = "\"label\"")
        String label,

        @Setting(
                value = "Columns that the model sees; null for all except label, those in columns, and texts with too"
                        + " many distinct values",
                defaultsTo = "null")
        @Nullable
        List<String> features,

        @Setting(
                value = "Those of them that are categories although they look like numbers, as postal codes do",
                defaultsTo = "[]")
        List<String> categorical,

        @Setting(
                value = "What the labels are: auto refuses scores and lists, classes takes each value for a class",
                defaultsTo = "\"auto\"",
                oneOf = {"auto", "classes"})
        Labels labels,

        @Setting(value = "Share of the rows held out to choose by", defaultsTo = "0.1", range = "(0, 0.5]")
        double devShare,

        @Setting(value = "Share of the rows held out to judge by", defaultsTo = "0.2", range = "(0, 0.5]")
        double testShare,

        @Setting(
                value = "Most rows to learn from, chosen at random with the classes in their proportions; null for all",
                defaultsTo = "null",
                range = "at least 1")
        @Nullable
        Integer rows,

        @Setting(
                value = "Most rows to choose by and most to judge by, chosen likewise; null for all",
                defaultsTo = "null",
                range = "at least 1")
        @Nullable
        Integer evalRows,

        @Setting(value = "How the files are written; what is not given is detected", defaultsTo = "{}")
        TableFormat format,

        @Setting(value = "Further columns of the rows to learn from", defaultsTo = "{}")
        ColumnsSection columns)
        implements DataConfig {

    public TableData {
        Checks.ranges(TableData.class, "data", devShare, testShare, rows, evalRows);
        train = HomeDirectory.expanded(train);
        dev = HomeDirectory.expandedOrNull(dev);
        test = HomeDirectory.expandedOrNull(test);
        columns.checkSplit(dev == null || test == null);
        if (features != null) {
            features = List.copyOf(features);
            if (features.isEmpty() || features.contains(label)) {
                throw new ConfigException("data.features", features, "columns beside data.label, at least one");
            }
        }
        categorical = List.copyOf(categorical);
        for (String column : categorical) {
            if (column.equals(label) || (features != null && !features.contains(column))) {
                throw new ConfigException("data.categorical", column, "one of data.features, and not data.label");
            }
        }
    }

    /** The catalogue has no tables. */
    @Override
    public @Nullable String name() {
        return null;
    }

    /** Nothing changes a table's rows at random. */
    @Override
    public List<Augmentation> augment() {
        return List.of();
    }
}
