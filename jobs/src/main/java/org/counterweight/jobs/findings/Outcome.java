package org.counterweight.jobs.findings;

import java.nio.file.Path;
import org.counterweight.train.measure.Evaluation;
import org.jspecify.annotations.Nullable;

/**
 * The result of a run.
 *
 * @param signal the number of the signal that asked it to end; 0 if none did
 * @param test on the test rows; null if it stopped before it was at its end: then there is a checkpoint and nothing else
 * @param baseline what it is compared with, on the same rows; null if it was not asked for
 */
public record Outcome(
        Path directory,
        int signal,
        @Nullable Evaluation test,
        @Nullable Baseline baseline,
        double seconds) {
    /** The same, now that it is known what it was asked for meanwhile. */
    public Outcome askedBy(int other) {
        return new Outcome(directory, other, test, baseline, seconds);
    }
}
