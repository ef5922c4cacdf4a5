package org.counterweight.merge.dynamic;

import static org.counterweight.engine.Tensors.logSoftmax;
import static org.counterweight.engine.Tensors.scalar;

import org.bytedeco.pytorch.Tensor;
import org.counterweight.engine.Scope;

/**
 * The temperature at which a model's probabilities fit held-out labels best: T = argmin mean −log softmax(L / T)[y].
 *
 * <p>C. Guo et al., "On calibration of modern neural networks", ICML 2017. The loss is convex in 1/T, so a golden-section
 * search over log T finds it.
 *
 * @param t T, within the bounds
 * @param nll the mean loss at T, in nats
 */
public record TemperatureScaling(double t, double nll) {
    private static final double GOLDEN = (Math.sqrt(5) - 1) / 2;
    private static final double WIDTH = 1e-9; // of log T

    /** Between 0.05 and 20. */
    public static TemperatureScaling of(Tensor logits, Tensor labels) {
        return of(logits, labels, 0.05, 20);
    }

    /**
     * @param logits {@code [N, classes]}
     * @param labels {@code int64 [N]}
     */
    public static TemperatureScaling of(Tensor logits, Tensor labels, double lowest, double highest) {
        try (var scope = Scope.open()) {
            Tensor l = Logits.checked(logits, "the model");
            double a = Math.log(lowest);
            double b = Math.log(highest);
            double left = b - GOLDEN * (b - a);
            double right = a + GOLDEN * (b - a);
            double atLeft = nll(l, labels, left);
            double atRight = nll(l, labels, right);
            while (b - a > WIDTH) {
                if (atLeft <= atRight) {
                    b = right;
                    right = left;
                    atRight = atLeft;
                    left = b - GOLDEN * (b - a);
                    atLeft = nll(l, labels, left);
                } else {
                    a = left;
                    left = right;
                    atLeft = atRight;
                    right = a + GOLDEN * (b - a);
                    atRight = nll(l, labels, right);
                }
            }
            double best = (a + b) / 2;
            return new TemperatureScaling(Math.exp(best), nll(l, labels, best));
        }
    }

    private static double nll(Tensor logits, Tensor labels, double logT) {
        try (var scope = Scope.open()) {
            return logSoftmax(logits.div(scalar(Math.exp(logT))), 1)
                    .gather(1, labels.unsqueeze(1))
                    .mean()
                    .neg()
                    .item_double();
        }
    }
}
