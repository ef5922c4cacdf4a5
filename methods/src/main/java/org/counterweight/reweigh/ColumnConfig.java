package org.counterweight.reweigh;

import java.util.List;
import org.counterweight.config.Checks;
import org.counterweight.config.ConfigException;
import org.counterweight.config.Setting;
import org.counterweight.train.weigh.RowColumn;
import org.counterweight.train.weigh.Weigher;
import org.counterweight.train.weigh.WeigherConfig;
import org.jspecify.annotations.Nullable;

/** Settings of {@link ColumnWeigher}. */
public record ColumnConfig(
        @Setting(value = "The batch's tensor that holds each row's weight", defaultsTo = "\"weight\"")
        String column,

        @Setting(
                value =
                        "What the weights of all rows to learn from are on average, such as 1: a batch of heavy rows then"
                                + " counts more than one of light ones, as rows repeated do. null normalises each batch by itself",
                defaultsTo = "null",
                range = "above 0")
        @Nullable
        Double mean)
        implements WeigherConfig {
    /** Each batch normalised by itself. */
    public ColumnConfig(String column) {
        this(column, null);
    }

    public ColumnConfig {
        Checks.ranges(ColumnConfig.class, "column", mean);
        if (column.isBlank()) {
            throw new ConfigException("column.column", column, "the name of a column (weight is usual)");
        }
    }

    @Override
    public Weigher create() {
        return new ColumnWeigher(column, mean);
    }

    @Override
    public List<RowColumn> columns() {
        return List.of(new RowColumn(column, "its weight", 0, "column"));
    }
}
