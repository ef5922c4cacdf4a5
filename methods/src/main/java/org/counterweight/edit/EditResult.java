package org.counterweight.edit;

import org.counterweight.edit.codebook.Action;
import org.counterweight.edit.codebook.History;
import org.jspecify.annotations.Nullable;

/**
 * What came of an edit.
 *
 * @param after the codebook and its history
 * @param action what the codebook did; null where the model was right already and nothing was changed
 * @param entry the id of the entry that serves the edit; −1 where nothing was changed
 * @param losses before each step of the value's training
 * @param reached whether the loss ever had a gradient in the value; if not, what is replaced has no part in the answer
 * @param right whether the model gives the wanted answer now; if not, the entry is kept and the edit is unsuccessful
 */
public record EditResult(
        History.State after, @Nullable Action action, long entry, double[] losses, boolean reached, boolean right) {
    /** Whether the model was right already. */
    public boolean skipped() {
        return action == null;
    }
}
