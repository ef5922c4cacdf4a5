package org.counterweight.studies.bed.classifier;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.data.BatchSource;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;
import org.counterweight.model.Model;
import org.counterweight.model.Params;
import org.counterweight.model.Pass;
import org.counterweight.studies.digits.Samples;
import org.counterweight.train.Task;
import org.counterweight.train.TrainConfig;
import org.counterweight.train.Trainer;
import org.counterweight.train.TrainingListener;
import org.counterweight.train.objective.CrossEntropy;

/** A small classifier whose weights are values: trained from some into others, asked, and judged. What merging studies share. */
public record WeighedClassifier(Model model) {
    /** Perceptrons of these widths. */
    public static WeighedClassifier perceptron(long... widths) {
        return new WeighedClassifier(
                new Perceptron(java.util.Arrays.stream(widths).boxed().toList()));
    }

    public Map<String, Tensor> fresh(Seed seed) {
        return model.initialize(seed.generator());
    }

    /** What these weights become by plain training; they stay as they are. */
    public Map<String, Tensor> trained(Map<String, Tensor> from, BatchSource data, TrainConfig config) {
        return trained(from, data, config, task -> task);
    }

    /** The same with another objective, a pull, events: {@code how} makes the task of the plain one. */
    public Map<String, Tensor> trained(
            Map<String, Tensor> from, BatchSource data, TrainConfig config, UnaryOperator<Task> how) {
        return finished(Params.of(moving(from)), data, config, how);
    }

    /** Trains {@code params} in place; their weights as they are in effect afterwards. */
    public Map<String, Tensor> finished(Params params, BatchSource data, TrainConfig config, UnaryOperator<Task> how) {
        Task task = how.apply(Task.of(model, params, data, new CrossEntropy(0)));
        try (var trainer = new Trainer(task, config, new TrainingListener() {}, null)) {
            trainer.run();
        }
        return still(params.materialized());
    }

    /** Copies that training may move. */
    public static Map<String, Tensor> moving(Map<String, Tensor> weights) {
        var moving = new LinkedHashMap<String, Tensor>();
        weights.forEach(
                (name, tensor) -> moving.put(name, tensor.detach().clone().requires_grad_(true)));
        return moving;
    }

    /** The same tensors, without gradients. */
    public static Map<String, Tensor> still(Map<String, Tensor> weights) {
        var still = new LinkedHashMap<String, Tensor>();
        weights.forEach((name, tensor) -> still.put(name, tensor.detach()));
        return still;
    }

    /** {@code [n, classes]}. */
    public Tensor logits(Map<String, Tensor> weights, Samples samples) {
        try (var scope = Scope.open();
                var off = Tensors.noGrad()) {
            return scope.keep(model.forward(Params.of(weights), samples.batch(), Pass.evaluation())
                    .logits());
        }
    }

    /** {@code int64 [n]}. */
    Tensor predict(Map<String, Tensor> weights, Samples samples) {
        return best(logits(weights, samples));
    }

    public static Tensor best(Tensor scores) {
        return scores.argmax(new LongOptional(1), false);
    }

    /** In percent. */
    public double accuracy(Map<String, Tensor> weights, Samples samples) {
        try (var scope = Scope.open()) {
            return accuracy(logits(weights, samples), samples.labels());
        }
    }

    /** Of scores {@code [n, classes]}, in percent. */
    public static double accuracy(Tensor scores, Tensor labels) {
        try (var scope = Scope.open()) {
            return 100.0 * best(scores).eq(labels).sum().item_long() / labels.numel();
        }
    }

    /** The mean of {@link #accuracy} over several sets. */
    public double accuracy(Map<String, Tensor> weights, List<Samples> sets) {
        return sets.stream()
                .mapToDouble(samples -> accuracy(weights, samples))
                .average()
                .orElseThrow();
    }
}
