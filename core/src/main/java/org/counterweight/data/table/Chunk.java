package org.counterweight.data.table;

import java.util.List;
import org.counterweight.data.table.row.Row;
import org.counterweight.data.table.row.Wanted;

/** Some rows of a table, one after the other as the file has them, with the columns that were asked for. */
public record Chunk(List<Wanted> columns, List<Row> rows) {
    public Chunk {
        columns = List.copyOf(columns);
        rows = List.copyOf(rows);
    }
}
