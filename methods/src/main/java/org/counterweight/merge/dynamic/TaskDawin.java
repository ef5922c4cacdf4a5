package org.counterweight.merge.dynamic;

import static org.counterweight.engine.Tensors.longs;
import static org.counterweight.engine.Tensors.toDoubles;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.counterweight.config.ConfigException;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;
import org.counterweight.model.Batch;
import org.counterweight.model.Model;
import org.jspecify.annotations.Nullable;

/**
 * DaWin for several tasks: M encoders that were fine-tuned from one, each with a head of its task. A sample of a known task is
 * answered by w_0 + Σ λ_m τ_m with {@link TaskCoefficients} of the M encoders' entropies under that task's head.
 *
 * <p>C. Oh et al., "DaWin", ICLR 2025, section 3, on several tasks.
 *
 * @param base the weights that all were fine-tuned from, without heads
 * @param encoders the fine-tuned weights by task, without heads
 * @param heads by task, what is joined to an encoder's weights to answer it
 * @param scale the usual coefficient of task arithmetic, 0.3
 * @param clusters how many merged models a task may have; 0 for one a sample, 1 (the paper's) for one a task
 */
public record TaskDawin(
        Model model,
        Map<String, Tensor> base,
        Map<String, Map<String, Tensor>> encoders,
        Map<String, Map<String, Tensor>> heads,
        double scale,
        int clusters) {
    public TaskDawin {
        encoders = Collections.unmodifiableMap(new LinkedHashMap<>(encoders));
        heads = Collections.unmodifiableMap(new LinkedHashMap<>(heads));
        if (encoders.size() < 2) {
            throw new IllegalArgumentException(
                    "dawin for tasks needs at least two fine-tuned encoders, found " + encoders.size());
        }
        if (!(scale > 0 && Double.isFinite(scale))) {
            throw new ConfigException("dawin.scale", scale, "a number above 0; 0.3 is usual");
        }
        if (clusters < 0) {
            throw new ConfigException("dawin.bmm_ncluster", clusters, "an integer of at least 0");
        }
    }

    /**
     * What was predicted, and how.
     *
     * @param logits {@code [N, classes of the task]}, in the order of the samples
     * @param lambda the coefficients that each sample was answered with, {@code [N, M]}
     * @param models how many merged models were built
     */
    public record Prediction(Tensor logits, TaskCoefficients coefficients, Tensor lambda, int models) {}

    /**
     * All samples of one task at once.
     *
     * @throws IllegalArgumentException if there is no head for the task; the message has those there are
     */
    public Prediction predict(String task, Batch samples, Seed seed) {
        Map<String, Tensor> head = head(task);
        try (var off = Tensors.noGrad();
                var scope = Scope.open()) {
            Tensor[] logits = encoders.values().stream()
                    .map(encoder -> InBatches.logits(model, joined(encoder, head), samples))
                    .toArray(Tensor[]::new);
            TaskCoefficients coefficients = TaskCoefficients.of(torch.stack(new TensorVector(logits), 0), scale);
            Tensor lambda = lambda(coefficients, seed);
            Tensor answers = torch.zeros_like(logits[0]);
            Map<List<Double>, List<Integer>> rows = rows(lambda);
            for (var entry : rows.entrySet()) {
                try (var inner = Scope.open()) {
                    Tensor chosen = longs(
                            entry.getValue().stream().mapToLong(row -> row).toArray());
                    answers.index_copy_(
                            0,
                            chosen,
                            InBatches.logits(model, joined(merged(entry.getKey()), head), samples.rows(chosen)));
                }
            }
            return new Prediction(
                    scope.keep(answers),
                    new TaskCoefficients(scope.keep(coefficients.probability()), scope.keep(coefficients.lambda())),
                    scope.keep(lambda),
                    rows.size());
        }
    }

    /** w_0 + Σ λ_m τ_m, without a head. */
    public Map<String, Tensor> merged(List<Double> lambda) {
        return TaskCoefficients.merge(base, List.copyOf(encoders.values()), lambda);
    }

    private Map<String, Tensor> head(String task) {
        @Nullable Map<String, Tensor> head = heads.get(task);
        if (head == null) {
            throw new IllegalArgumentException(
                    "there is no head for the task \"" + task + "\"; there are " + String.join(", ", heads.keySet()));
        }
        return head;
    }

    /** The coefficients of the cluster of each sample, {@code [N, M]}; its own where every sample has a model. */
    private Tensor lambda(TaskCoefficients coefficients, Seed seed) {
        Tensor p = coefficients.probability();
        if (clusters == 0 || clusters >= p.size(0) && p.size(0) > 1) {
            return coefficients.lambda();
        }
        DirichletMixture mixture = DirichletMixture.fit(p, clusters, seed);
        return mixture.lambda(scale).index_select(0, mixture.labels(p));
    }

    private static Map<String, Tensor> joined(Map<String, Tensor> encoder, Map<String, Tensor> head) {
        var joined = new LinkedHashMap<>(encoder);
        joined.putAll(head);
        return joined;
    }

    /** The samples of equal coefficients, which share a merged model. */
    private static Map<List<Double>, List<Integer>> rows(Tensor lambda) {
        double[] all = toDoubles(lambda);
        int width = Math.toIntExact(lambda.size(1));
        var rows = new LinkedHashMap<List<Double>, List<Integer>>();
        for (int i = 0; i < all.length / width; i++) {
            List<Double> own =
                    Arrays.stream(all, i * width, (i + 1) * width).boxed().toList();
            rows.computeIfAbsent(own, key -> new ArrayList<>()).add(i);
        }
        return rows;
    }
}
