package org.counterweight.shift.fairness.frontier;

import java.io.Serializable;
import java.util.Arrays;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.engine.Tensors;
import org.counterweight.shift.solve.LogisticLoss;

/**
 * Linear classifiers of which one is drawn for each answer, all alike likely; most are one.
 *
 * @param thetas θ of each, the intercept last, {@code [d + 1]}; one that is likelier stands there more often
 */
record FairClassifier(List<double[]> thetas) implements Serializable {
    FairClassifier {
        thetas = List.copyOf(thetas);
    }

    static FairClassifier of(Tensor theta) {
        return new FairClassifier(List.of(Tensors.toDoubles(theta)));
    }

    /** The probability of y = 1 for each row, {@code [n, d]} to {@code [n]}: the same on every call, also of a mixture. */
    Tensor decisions(Tensor x) {
        Tensor said = LogisticLoss.withOne(x).matmul(matrix().t()).gt(Tensors.scalar(0)); // [n, k]
        return Tensors.mean(said.to(ScalarType.Double), false, 1);
    }

    /** θ, {@code [k, d + 1]}. */
    Tensor matrix() {
        double[] all = thetas.stream().flatMapToDouble(Arrays::stream).toArray();
        return Tensors.doubles(all, thetas.size(), all.length / thetas.size());
    }
}
