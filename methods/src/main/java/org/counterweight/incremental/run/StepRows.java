package org.counterweight.incremental.run;

import java.util.function.UnaryOperator;
import org.counterweight.data.BatchSource;
import org.counterweight.data.LabelledDataset;
import org.jspecify.annotations.Nullable;

/**
 * The rows of one step.
 *
 * @param rows to learn from: of the new classes, and those kept
 * @param held rows to correct by that are not among them, as many of each class: of BiC; else null
 * @param teacher the model before; null at the first task, and where nobody asks it
 * @param seen what becomes of batches before a model sees them: augmentation
 */
public record StepRows(
        LabelledDataset rows,
        @Nullable LabelledDataset held,
        @Nullable Teacher teacher,
        UnaryOperator<BatchSource> seen) {

    /** Rows that are seen as they are. */
    public static StepRows of(LabelledDataset rows, @Nullable LabelledDataset held, @Nullable Teacher teacher) {
        return new StepRows(rows, held, teacher, batches -> batches);
    }
}
