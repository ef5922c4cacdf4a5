package org.counterweight.incremental.sequence;

import java.util.List;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.engine.Tensors;
import org.counterweight.model.part.LinearHead;
import org.counterweight.train.measure.HeadFeatures;

/**
 * How heads answer the rows to judge by, task by task.
 *
 * @param sizes how many classes each task brought, of the tasks so far
 * @param test features and classes of those rows
 */
record TaskAccuracy(List<Integer> sizes, HeadFeatures test) {
    private static final int TOP = 5;

    /** The rows of each task. */
    List<Integer> rows() {
        int[] counts = new int[sizes.size()];
        for (long label : Tensors.toLongs(test.labels())) {
            counts[taskOf(label)]++;
        }
        return IntStream.of(counts).boxed().toList();
    }

    /** The share of each task's rows that is right; 0 of a task without rows. */
    List<Double> of(LinearHead head) {
        long[] right = Tensors.toLongs(
                head.logits(test.values()).argmax(new LongOptional(1), false).eq(test.labels()));
        long[] labels = Tensors.toLongs(test.labels());
        double[] sums = new double[sizes.size()];
        for (int row = 0; row < right.length; row++) {
            sums[taskOf(labels[row])] += right[row];
        }
        List<Integer> rows = rows();
        return IntStream.range(0, sums.length)
                .mapToObj(task -> rows.get(task) == 0 ? 0.0 : sums[task] / rows.get(task))
                .toList();
    }

    /** The share of all rows whose class is among the first five. */
    double topFive(LinearHead head) {
        Tensor logits = head.logits(test.values());
        Tensor best = logits.topk(Math.min(TOP, logits.size(1))).get1();
        return best.eq(test.labels().unsqueeze(1)).sum().item_double()
                / test.labels().size(0);
    }

    private int taskOf(long label) {
        int upTo = 0;
        for (int task = 0; ; task++) {
            upTo += sizes.get(task);
            if (label < upTo) {
                return task;
            }
        }
    }
}
