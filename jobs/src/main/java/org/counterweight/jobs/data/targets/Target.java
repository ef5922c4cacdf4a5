package org.counterweight.jobs.data.targets;

import java.nio.file.Path;
import java.util.List;
import org.counterweight.data.Dataset;
import org.counterweight.data.table.TableRows;
import org.counterweight.data.table.row.Wanted;

/** What is to be predicted for each row, and stands in a column beside it. */
public sealed interface Target permits ClassTarget, ScoreTarget, LabelSetTarget, AnswerTarget {
    /** The column as it is to be read. */
    Wanted wanted(String column);

    /**
     * What a model is to tell, one name an output: the classes of these rows, or the column's own name of a score.
     *
     * @throws org.counterweight.data.DataException if there is nothing to tell apart
     */
    List<String> names(Path file, String column, TableRows rows);

    /**
     * Rows with their targets.
     *
     * @param inputs what a model sees of each
     * @param names what it is to tell
     * @throws org.counterweight.data.DataException if a row has a class that is none of them
     */
    Dataset on(Dataset inputs, Path file, String column, TableRows rows, List<String> names);
}
