package org.counterweight.edit;

import org.counterweight.config.ConfigException;
import org.counterweight.model.Batch;

/**
 * An answer to be corrected.
 *
 * @param name of the edit, for messages: its line in a file
 * @param source the input as its user wrote it
 * @param row one row with its labels, as {@link EditTask} has them; {@link GraceTap#KEY_TOKEN} where it is not for the settings
 *     to say
 * @param label what is wanted, as token ids: the class, or the target's tokens
 */
public record EditRequest(String name, String source, Batch row, long[] label) {
    public EditRequest {
        if (label.length == 0) {
            throw new ConfigException(name + ": the edit has no label; say what the model should answer");
        }
        if (row.rows() != 1) {
            throw new IllegalArgumentException(name + ": an edit is one row, not " + row.rows());
        }
    }
}
