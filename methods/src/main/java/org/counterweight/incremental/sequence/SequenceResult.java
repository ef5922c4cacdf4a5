package org.counterweight.incremental.sequence;

import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.incremental.AccuracyMatrix;

/**
 * What came of a sequence.
 *
 * @param tasks one a task that was finished
 * @param labels the classes in the order of the sequence, of those seen
 * @param weights of the model with all of them, with its head as it is handed on; of the open scope
 * @param exemplars rows of the data to learn from that are kept of each class, in rank order
 * @param interrupted whether tasks are left
 */
public record SequenceResult(
        List<TaskResult> tasks,
        List<String> labels,
        Map<String, Tensor> weights,
        List<int[]> exemplars,
        boolean interrupted) {

    /** The accuracies with the heads as they were handed on. */
    public AccuracyMatrix after() {
        return matrix(TaskResult::after);
    }

    /** The accuracies with the heads as they were trained. */
    public AccuracyMatrix before() {
        return matrix(TaskResult::before);
    }

    private AccuracyMatrix matrix(Function<TaskResult, List<Double>> shares) {
        int all = tasks.size();
        double[][] accuracy = new double[all][all];
        for (TaskResult task : tasks) {
            for (int j = 0; j <= task.task(); j++) {
                accuracy[task.task()][j] = shares.apply(task).get(j);
            }
        }
        long[] rows = tasks.get(all - 1).testRows().stream()
                .mapToLong(Integer::longValue)
                .toArray();
        return new AccuracyMatrix(accuracy, rows);
    }
}
