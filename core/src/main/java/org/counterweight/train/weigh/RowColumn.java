package org.counterweight.train.weigh;

import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What a weigher needs to know of each row beside its loss: a tensor of the batch, {@code [M]}.
 *
 * @param name the tensor's
 * @param holds what it says about a row, in words
 * @param values for a column of whole numbers from 0, how many different ones there can be; 0 where any number will do
 * @param setting the weigher's setting that names the column; null if the name is fixed
 */
public record RowColumn(
        String name, String holds, int values, @Nullable String setting) {
    /** {@code "group" (its group, 0 to 1) and "ref_loss" (its loss under a reference model)}. */
    public static String described(List<RowColumn> columns) {
        return columns.stream().map(RowColumn::described).collect(Collectors.joining(" and "));
    }

    private String described() {
        return '"' + name + "\" (" + holds + (values > 0 ? ", 0 to " + (values - 1) : "") + ")";
    }
}
