package org.counterweight.jobs.edit;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.counterweight.config.ConfigException;
import org.counterweight.edit.codebook.History;
import org.counterweight.edit.codebook.Merging;
import org.counterweight.edit.file.CodebookFile;
import org.counterweight.jobs.model.EditsDirectory;
import org.counterweight.weights.Staged;
import org.jspecify.annotations.Nullable;

/**
 * Edits taken back or put together, without the model.
 *
 * @param delete ids of entries
 * @param restoreRadius whether the entry that was split for a deleted one has its room again
 * @param rollback how many of the newest edits are undone; 0 for none
 * @param merge another codebook of the same layer and model, or null
 */
public record EditsChange(
        List<Long> delete,
        boolean restoreRadius,
        int rollback,
        @Nullable Path merge) {
    public EditsChange {
        delete = List.copyOf(delete);
        if (rollback < 0) {
            throw new ConfigException("--rollback", rollback, "an integer of at least 1");
        }
    }

    /** Whether it changes nothing. */
    public boolean isEmpty() {
        return delete.isEmpty() && rollback == 0 && merge == null;
    }

    /** The codebook after it: first undone, then deleted, then merged. */
    public CodebookFile of(CodebookFile file) {
        History.State state = file.state();
        if (rollback > 0) {
            state = state.history().rollback(state.book(), rollback);
        }
        for (long id : delete) {
            state = state.history().delete(state.book(), id, restoreRadius);
        }
        if (merge != null) {
            CodebookFile other = EditsDirectory.open(merge).codebook();
            other.checkBase(merge.toString(), file.base());
            if (!other.layer().equals(file.layer())) {
                throw new ConfigException(merge + ": stands at " + other.layer() + ", and the other at " + file.layer()
                        + "; only codebooks of one layer can be merged");
            }
            state = Merging.merged(state, other.state().book(), file.config().maintenance());
        }
        return new CodebookFile(file.config(), file.layer(), file.base(), state);
    }

    /** Writes a codebook's directory, whole or not at all. */
    public static void write(CodebookFile file, Path output) {
        try (Staged staged = Staged.output(output)) {
            file.write(staged.path().resolve(EditsDirectory.FILE), Map.of());
            staged.commit();
        }
    }
}
