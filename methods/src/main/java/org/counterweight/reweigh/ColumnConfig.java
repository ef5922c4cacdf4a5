package org.counterweight.reweigh;

import java.util.List;
import org.counterweight.config.ConfigException;
import org.counterweight.config.Setting;
import org.counterweight.train.weigh.RowColumn;
import org.counterweight.train.weigh.Weigher;
import org.counterweight.train.weigh.WeigherConfig;

/** Settings of {@link ColumnWeigher}. */
public record ColumnConfig(
        @Setting(value = "The batch's tensor that holds each row's weight", defaultsTo = "\"weight\"")
        String column) implements WeigherConfig {
    public ColumnConfig {
        if (column.isBlank()) {
            throw new ConfigException("column.column", column, "the name of a column (weight is usual)");
        }
    }

    @Override
    public Weigher create() {
        return new ColumnWeigher(column);
    }

    @Override
    public List<RowColumn> columns() {
        return List.of(new RowColumn(column, "its weight", 0, "column"));
    }
}
