package org.counterweight.incremental.sequence;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What came of one task; shares in [0, 1], one a task seen so far.
 *
 * @param task counted from 0
 * @param added the classes that it brought
 * @param known how many there were before
 * @param rows learnt from, those kept of old classes included
 * @param quota rows of each class that are kept after it
 * @param stored rows that are kept after it
 * @param restricted whether the head's weight was kept from being negative
 * @param gamma by which new rows were multiplied; null where nothing was aligned
 * @param unclamped γ before it was limited
 * @param oldNorm mean norm of the old rows
 * @param newNorm mean norm of the new rows before they were aligned
 * @param before accuracy on each task's test rows with the head as trained
 * @param after the same with the head as it is handed on
 * @param nearestMean the same by nearest class mean of the exemplars; null where none are kept
 * @param topFive the share of all test rows whose class is among the first five
 * @param testRows test rows of each task
 */
public record TaskResult(
        int task,
        List<String> added,
        int known,
        int rows,
        int quota,
        int stored,
        boolean restricted,
        @Nullable Double gamma,
        @Nullable Double unclamped,
        @Nullable Double oldNorm,
        @Nullable Double newNorm,
        List<Double> before,
        List<Double> after,
        @Nullable List<Double> nearestMean,
        double topFive,
        List<Integer> testRows) {
    public TaskResult {
        added = List.copyOf(added);
        before = List.copyOf(before);
        after = List.copyOf(after);
        nearestMean = nearestMean == null ? null : List.copyOf(nearestMean);
        testRows = List.copyOf(testRows);
    }
}
