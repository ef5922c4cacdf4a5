package org.counterweight.merge.dynamic;

import static org.counterweight.engine.Tensors.add;
import static org.counterweight.engine.Tensors.softmax;
import static org.counterweight.engine.Tensors.times;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.counterweight.engine.Scope;
import org.counterweight.merge.Accumulation;
import org.counterweight.merge.InMemory;
import org.counterweight.weights.Combiner;
import org.counterweight.weights.WeightsException;

/**
 * How much of each of M task vectors each sample gets: P = softmax over the models of −H_m, λ_m = scale · M · P_m. The
 * coefficients always add up to scale · M, as in plain task arithmetic.
 *
 * <p>C. Oh et al., "DaWin", ICLR 2025, section 3, on several tasks.
 *
 * @param probability P, float64 {@code [N, M]}
 * @param lambda {@code [N, M]}
 */
public record TaskCoefficients(Tensor probability, Tensor lambda) {
    /**
     * @param logits of the M fine-tuned encoders under the head of the evaluated task, {@code [M, N, classes]}
     * @param scale the usual coefficient of task arithmetic, 0.3
     */
    public static TaskCoefficients of(Tensor logits, double scale) {
        long models = logits.size(0);
        try (var scope = Scope.open()) {
            Tensor[] entropies = new Tensor[Math.toIntExact(models)];
            for (int m = 0; m < entropies.length; m++) {
                entropies[m] = Entropy.of(Logits.checked(logits.select(0, m), "model " + m));
            }
            Tensor p = softmax(torch.stack(new TensorVector(entropies), 1).neg(), 1);
            return new TaskCoefficients(scope.keep(p), scope.keep(times(p, scale * models)));
        }
    }

    /**
     * w_0 + Σ λ_m (w_m − w_0); the first tensor is w_0.
     *
     * @param lambda one a task vector
     */
    public static Combiner taskArithmetic(List<Double> lambda) {
        return (name, tensors) -> {
            if (tensors.size() != lambda.size() + 1) {
                throw new WeightsException(
                        name + ": " + lambda.size() + " coefficients for " + (tensors.size() - 1) + " task vectors");
            }
            try (var scope = Scope.open()) {
                Tensor base = Accumulation.wide(tensors.get(0));
                Tensor sum = base;
                for (int m = 0; m < lambda.size(); m++) {
                    Tensor task = Accumulation.wide(tensors.get(m + 1)).sub(base);
                    sum = add(sum, task, lambda.get(m));
                }
                return scope.keep(Accumulation.rounded(sum, tensors.get(0)));
            }
        };
    }

    /** The merged model with these coefficients. */
    public static Map<String, Tensor> merge(
            Map<String, Tensor> base, List<? extends Map<String, Tensor>> models, List<Double> lambda) {
        var all = new ArrayList<Map<String, Tensor>>(List.of(base));
        all.addAll(models);
        return InMemory.merge(taskArithmetic(lambda), all);
    }

    /**
     * The merged model as a function of its coefficients, through which gradients flow: for AdaMerging.
     *
     * @param lambda {@code [M]}
     */
    public static Map<String, Tensor> differentiable(
            Map<String, Tensor> base, List<? extends Map<String, Tensor>> models, Tensor lambda) {
        var merged = new LinkedHashMap<String, Tensor>();
        base.forEach((name, w0) -> {
            Tensor sum = w0;
            for (int m = 0; w0.is_floating_point() && m < models.size(); m++) {
                Tensor task = Objects.requireNonNull(models.get(m).get(name)).sub(w0);
                sum = sum.add(task.mul(lambda.select(0, m).to(w0.scalar_type())));
            }
            merged.put(name, sum);
        });
        return merged;
    }
}
