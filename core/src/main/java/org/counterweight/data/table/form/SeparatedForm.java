package org.counterweight.data.table.form;

import java.util.List;
import org.counterweight.data.table.row.Column;
import org.counterweight.data.table.row.Decimals;
import org.counterweight.data.table.row.TableFormat;
import org.jspecify.annotations.Nullable;

/**
 * What was found of a file with separated columns.
 *
 * @param header whether the first row names the columns
 * @param skipped rows before it: Excel's {@code sep=;}
 * @param columns in their order
 * @param said what of it is unusual and was not said by the user
 */
public record SeparatedForm(
        Dialect dialect, Decimals decimals, boolean header, int skipped, List<Column> columns, List<String> said) {
    /** The place of a column, or −1. */
    public int indexOf(String name) {
        for (int i = 0; i < columns.size(); i++) {
            if (columns.get(i).name().equals(name)) {
                return i;
            }
        }
        return -1;
    }

    /** The decimals that were said, or null. */
    static @Nullable Decimals said(TableFormat format) {
        return format.decimal() == null ? null : format.decimal().equals(",") ? Decimals.COMMA : Decimals.POINT;
    }
}
