package org.counterweight.train;

import org.counterweight.train.measure.Evaluation;
import org.jspecify.annotations.Nullable;

/**
 * How a run ended.
 *
 * @param steps steps taken, those before a resumption included
 * @param planned steps of the whole run; more than {@code steps} if it was interrupted before its last or stopped early
 * @param interrupted whether it was asked to stop; a checkpoint was written if it had a place for one
 * @param evaluation of the weights that the run ended with; null if there was nothing to evaluate on, or it was interrupted
 * @param bestStep steps before the evaluation whose weights the run ended with; {@code steps} if those are the last
 */
public record TrainingResult(
        long steps,
        long planned,
        boolean interrupted,
        @Nullable Evaluation evaluation,
        long bestStep) {}
