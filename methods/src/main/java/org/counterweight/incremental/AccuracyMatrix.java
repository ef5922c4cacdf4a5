package org.counterweight.incremental;

import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * How a model that learns task after task fares.
 *
 * @param accuracy {@code accuracy[t][j]}: the share of task j's test rows that is right after task t, for j ≤ t; what
 *     stands beyond is passed over
 * @param rows test rows of each task
 */
public record AccuracyMatrix(double[][] accuracy, long[] rows) {
    /** The accuracy on all classes seen, after each task: the mean over tasks by their rows. */
    public double[] afterEachTask() {
        return IntStream.range(0, accuracy.length)
                .mapToDouble(t -> {
                    double right = 0;
                    double all = 0;
                    for (int j = 0; j <= t; j++) {
                        right += accuracy[t][j] * rows[j];
                        all += rows[j];
                    }
                    return right / all;
                })
                .toArray();
    }

    /** The average incremental accuracy, the mean of {@link #afterEachTask}. */
    public double average() {
        return Arrays.stream(afterEachTask()).average().orElse(Double.NaN);
    }

    /** The same without the first task, where nothing was added yet; NaN if there is no other. */
    public double averageWithoutFirst() {
        return Arrays.stream(afterEachTask()).skip(1).average().orElse(Double.NaN);
    }

    /** The accuracy after the last task. */
    public double last() {
        return afterEachTask()[accuracy.length - 1];
    }

    /** The mean over all tasks but the last of the best accuracy there ever was less that at the end; 0 with one task. */
    public double forgetting() {
        int last = accuracy.length - 1;
        return IntStream.range(0, last)
                .mapToDouble(j -> IntStream.rangeClosed(j, last)
                                .mapToDouble(t -> accuracy[t][j])
                                .max()
                                .orElseThrow()
                        - accuracy[last][j])
                .average()
                .orElse(0);
    }
}
