package org.counterweight.merge.update.baseline;

import static org.counterweight.engine.Tensors.longs;
import static org.counterweight.engine.Tensors.mean;
import static org.counterweight.engine.Tensors.scalar;
import static org.counterweight.engine.Tensors.softmax;
import static org.counterweight.engine.Tensors.times;

import java.util.List;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.engine.Scope;

/**
 * What interpolation is measured against: the old and the new models both answer, and their probabilities are mixed. It costs
 * as many forward passes as there are models.
 *
 * @param alpha the share of the OLD model
 * @param newLabelIds classes that the old model does not know: it gives them no probability
 */
public record ProbabilityEnsemble(double alpha, List<Integer> newLabelIds) {
    public ProbabilityEnsemble {
        newLabelIds = List.copyOf(newLabelIds);
    }

    /**
     * α softmax(old) + (1 − α) mean_j softmax(new_j).
     *
     * @param oldLogits {@code [rows, classes]}
     * @param newLogits {@code [models, rows, classes]}
     * @return {@code [rows, classes]}
     */
    public Tensor probabilities(Tensor oldLogits, Tensor newLogits) {
        try (var scope = Scope.open()) {
            Tensor old = oldLogits;
            if (!newLabelIds.isEmpty()) {
                Tensor ids = longs(newLabelIds.stream().mapToLong(id -> id).toArray());
                old = old.clone().index_fill_(1, ids, scalar(Double.NEGATIVE_INFINITY));
            }
            Tensor updated = mean(softmax(newLogits, -1), false, 0);
            return scope.keep(times(softmax(old, -1), alpha).add(times(updated, 1 - alpha)));
        }
    }

    /** The shares that the paper's runs try: 400, half of them between 0.3 and 0.7. */
    public static List<Double> grid() {
        return DoubleStream.concat(
                        DoubleStream.concat(even(0, 0.3, 100, false), even(0.3, 0.7, 200, false)),
                        even(0.7, 1, 100, true))
                .boxed()
                .toList();
    }

    private static DoubleStream even(double from, double to, int count, boolean closed) {
        return IntStream.range(0, count).mapToDouble(i -> from + (to - from) * i / (closed ? count - 1 : count));
    }
}
