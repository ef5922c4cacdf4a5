package org.counterweight.train;

import java.util.Map;
import org.counterweight.train.weigh.WeightSpread;

/**
 * One step in figures.
 *
 * @param step counted from 1
 * @param epoch counted from 0
 * @param rows rows of the step, all micro-batches together
 * @param units predictions that the rows' losses are means of; 0 for a step that teaches nothing
 * @param loss what was minimised, penalties included
 * @param meanLoss the plain mean of the rows' losses, to compare runs that weigh differently
 * @param rate the learning rate
 * @param gradientNorm before clipping
 * @param seconds the time the step took
 * @param spread how uneven the weights were
 * @param figures what the weigher says about itself, by name
 */
public record StepReport(
        long step,
        int epoch,
        long rows,
        long units,
        double loss,
        double meanLoss,
        double rate,
        double gradientNorm,
        double seconds,
        WeightSpread spread,
        Map<String, Double> figures) {
    public double rowsPerSecond() {
        return rows / seconds;
    }
}
