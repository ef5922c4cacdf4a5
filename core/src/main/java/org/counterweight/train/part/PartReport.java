package org.counterweight.train.part;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a part of a run reports of itself: one of the task's events implements this. Asked after the run, closed or not. */
public interface PartReport {
    /** One line before the first step; null for none. */
    default @Nullable String announcement() {
        return null;
    }

    /** How many models take steps in turn, the run's own included. */
    default int models() {
        return 1;
    }

    /** What the user should know of how it went, one line each. */
    default List<String> warnings() {
        return List.of();
    }

    /** What it adds to the report; nothing may be left to tell where training moved nothing. */
    default List<Section> sections() {
        return List.of();
    }

    /** Writes the {@link RunPart#files} that it leaves. */
    default void write(Path directory) {}
}
