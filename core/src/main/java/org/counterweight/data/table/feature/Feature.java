package org.counterweight.data.table.feature;

import org.bytedeco.pytorch.Tensor;
import org.counterweight.data.table.TableRows;
import org.counterweight.data.table.row.Wanted;
import tools.jackson.databind.node.ObjectNode;

/** A column of a table as a model sees it. */
public sealed interface Feature permits NumberFeature, CategoryFeature {
    /** The column's name. */
    String name();

    /** How many numbers it becomes. */
    int width();

    /** The column as it is to be read. */
    Wanted wanted();

    /** {@code float64 [rows, width]} of the rows' values in this column; it belongs to the open scope. */
    Tensor encode(TableRows rows);

    /** How many of the rows have nothing in this column. */
    long missing(TableRows rows);

    /** How many of the rows have something in it that is not known. */
    default long unknown(TableRows rows) {
        return 0;
    }

    /** As it is kept beside a model. */
    ObjectNode json();
}
