package org.counterweight.merge.soup;

import static org.counterweight.engine.Tensors.scalar;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.engine.Scope;
import org.counterweight.merge.Accumulation;
import org.counterweight.merge.InMemory;
import org.counterweight.weights.Combiner;

/**
 * The mean of those models that help: from the best to the worst by held-out accuracy (of equals the first), each joins if
 * the new mean is strictly more accurate than the best so far.
 *
 * <p>M. Wortsman et al., "Model soups", ICML 2022, recipe 1. Each trial mean is the running mean of the soup and one model,
 * and is freed unless it becomes the soup: two models are in memory beside the inputs.
 *
 * @param weights the soup; belongs to the open scope
 * @param order the models in it, in the order in which they joined
 * @param accuracies of the models alone, in the order given; in the units of what judges them, more is better
 * @param accuracy of the soup, in the same
 */
public record GreedySoup(Map<String, Tensor> weights, List<Integer> order, List<Double> accuracies, double accuracy) {

    /**
     * A soup that a model joins where the mean becomes more accurate.
     *
     * @param models one or more, by the same names and of the same shapes
     * @param accuracy on held-out data; called once a model and once a trial
     */
    public static GreedySoup of(
            List<? extends Map<String, Tensor>> models, ToDoubleFunction<Map<String, Tensor>> accuracy) {
        return of(models, accuracy, false);
    }

    /** The same, in which a model may also join where the mean becomes no less accurate, as in the paper's recipe. */
    public static GreedySoup of(
            List<? extends Map<String, Tensor>> models,
            ToDoubleFunction<Map<String, Tensor>> accuracy,
            boolean joinsAtEqual) {
        List<Double> alone = new ArrayList<>();
        models.forEach(model -> alone.add(accuracy.applyAsDouble(model)));
        List<Integer> ranked = IntStream.range(0, models.size())
                .boxed()
                .sorted(Comparator.comparing((Integer i) -> alone.get(i)).reversed())
                .toList(); // stable: of equals the first
        List<Integer> order = new ArrayList<>(List.of(ranked.get(0)));
        Map<String, Tensor> soup = models.get(ranked.get(0));
        double best = alone.get(ranked.get(0));
        for (int i : ranked.subList(1, ranked.size())) {
            try (var scope = Scope.open()) {
                Map<String, Tensor> trial = InMemory.merge(joining(order.size()), List.of(soup, models.get(i)));
                double reached = accuracy.applyAsDouble(trial);
                if (reached > best || joinsAtEqual && reached == best) {
                    best = reached;
                    trial.replaceAll((name, tensor) -> scope.keep(tensor));
                    if (order.size() > 1) { // a smaller soup of our own, not one of the models
                        soup.values().forEach(Tensor::close);
                    }
                    soup = trial;
                    order.add(i);
                }
            }
        }
        return new GreedySoup(soup, List.copyOf(order), List.copyOf(alone), best);
    }

    /** The mean of m models, and one more, become the mean of m + 1. */
    private static Combiner joining(int m) {
        return (name, tensors) -> {
            Tensor soup = Accumulation.wide(tensors.get(0));
            Tensor one = Accumulation.wide(tensors.get(1));
            return Accumulation.rounded(
                    soup.mul(scalar(m / (m + 1.0))).add(one, scalar(1 / (m + 1.0))), tensors.get(0));
        };
    }
}
