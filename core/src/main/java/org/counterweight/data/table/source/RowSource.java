package org.counterweight.data.table.source;

import java.io.IOException;
import java.util.List;
import java.util.function.Consumer;
import org.counterweight.data.table.row.BadRows;
import org.counterweight.data.table.row.Column;
import org.counterweight.data.table.row.Decimals;
import org.counterweight.data.table.row.Row;
import org.counterweight.data.table.row.Wanted;

/** The rows of a file of one kind. */
public sealed interface RowSource permits SeparatedSource, JsonSource, QuerySource {
    /** In the order of the file. */
    List<Column> columns();

    /** What of its form is unusual and was found. */
    List<String> said();

    /** What stands before the decimals of numbers that are written as texts. */
    default Decimals decimals() {
        return Decimals.POINT;
    }

    /**
     * Reads every row once.
     *
     * @param wanted columns that there are
     * @param bad takes the rows that cannot be used; {@code sink} gets the others
     */
    void read(List<Wanted> wanted, BadRows bad, Consumer<Row> sink) throws IOException;
}
