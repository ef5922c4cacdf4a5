package org.counterweight.merge.dynamic.baseline;

import static org.counterweight.engine.Tensors.doubles;
import static org.counterweight.engine.Tensors.gradients;
import static org.counterweight.engine.Tensors.toDoubles;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.LongFunction;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.engine.Scope;
import org.counterweight.merge.dynamic.Entropy;
import org.counterweight.merge.dynamic.TaskCoefficients;

/**
 * One coefficient a task vector, trained without labels: min_λ mean H(f(x; w_0 + Σ λ_m τ_m)), by Adam from 0.3, kept within
 * [0, 1]. The gradient flows through the merged weights.
 *
 * <p>E. Yang et al., "AdaMerging: adaptive model merging for multi-task learning", ICLR 2024, task-wise.
 *
 * @param steps 500 is usual
 * @param lr 0.001 is usual
 * @param start 0.3 is usual
 */
public record AdaMerging(int steps, double lr, double start) {
    private static final double BETA1 = 0.9;
    private static final double BETA2 = 0.999;
    private static final double EPS = 1e-8;

    /** The usual settings. */
    public static AdaMerging usual() {
        return new AdaMerging(500, 0.001, 0.3);
    }

    /** What logits the merged weights give the unlabelled samples of a step, {@code [rows, classes]}, with a graph. */
    @FunctionalInterface
    public interface Forward {
        Tensor logits(Map<String, Tensor> merged);
    }

    /**
     * The coefficients, one a task vector.
     *
     * @param forward by step: the tasks may take turns
     */
    public List<Double> train(
            Map<String, Tensor> base, List<? extends Map<String, Tensor>> models, LongFunction<Forward> forward) {
        double[] lambda = new double[models.size()];
        double[] first = new double[models.size()];
        double[] second = new double[models.size()];
        Arrays.fill(lambda, start);
        for (int step = 1; step <= steps; step++) {
            double[] gradient = gradient(base, models, lambda, forward.apply(step - 1));
            for (int m = 0; m < lambda.length; m++) { // a handful of numbers
                first[m] = BETA1 * first[m] + (1 - BETA1) * gradient[m];
                second[m] = BETA2 * second[m] + (1 - BETA2) * gradient[m] * gradient[m];
                double mean = first[m] / (1 - Math.pow(BETA1, step));
                double square = second[m] / (1 - Math.pow(BETA2, step));
                lambda[m] = Math.min(1, Math.max(0, lambda[m] - lr * mean / (Math.sqrt(square) + EPS)));
            }
        }
        return Arrays.stream(lambda).boxed().toList();
    }

    private static double[] gradient(
            Map<String, Tensor> base, List<? extends Map<String, Tensor>> models, double[] lambda, Forward forward) {
        try (var scope = Scope.open()) {
            Tensor coefficients = doubles(lambda).requires_grad_(true);
            Tensor logits = forward.logits(TaskCoefficients.differentiable(base, models, coefficients));
            return toDoubles(gradients(Entropy.of(logits).mean(), false, coefficients)[0]);
        }
    }
}
