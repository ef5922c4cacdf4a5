package org.counterweight.cli.job;

import java.nio.file.Path;
import org.counterweight.train.Evaluation;
import org.jspecify.annotations.Nullable;

/**
 * What came of a run.
 *
 * @param interrupted whether it was asked to stop; then there is a checkpoint and nothing else
 * @param test on the test rows; null if interrupted
 * @param baseline the frozen model with a head of its own, on the same rows; null if it was not asked for
 */
public record Outcome(
        Path directory,
        boolean interrupted,
        @Nullable Evaluation test,
        @Nullable Evaluation baseline,
        double seconds) {
    /** What is said of a run that was asked to stop. */
    public static String stopped(Path directory) {
        return "Stopped, with a checkpoint in " + directory + "; go on with --resume";
    }
}
