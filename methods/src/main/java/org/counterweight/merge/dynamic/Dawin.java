package org.counterweight.merge.dynamic;

import static org.counterweight.engine.Tensors.doubles;
import static org.counterweight.engine.Tensors.longs;
import static org.counterweight.engine.Tensors.softmax;
import static org.counterweight.engine.Tensors.times;
import static org.counterweight.engine.Tensors.toDoubles;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;
import org.counterweight.merge.InMemory;
import org.counterweight.merge.dynamic.Coefficients.Offset;
import org.counterweight.merge.soup.WiseFtConfig;
import org.counterweight.model.Batch;
import org.counterweight.model.Model;
import org.jspecify.annotations.Nullable;

/**
 * Predicts each sample with weights interpolated for it: w(x) = (1 − λ(x)) w_0 + λ(x) w_1, with {@link Coefficients} of the
 * two models' own answers, and at most K different models ({@link BetaMixture}) unless every sample is to have its own.
 *
 * <p>C. Oh et al., "DaWin: training-free dynamic weight interpolation for robust adaptation", ICLR 2025, algorithm 1. The
 * official evaluation returns the samples of a batch sorted by cluster; here they keep their order.
 *
 * @param w0 the pre-trained model's weights
 * @param w1 the fine-tuned model's
 */
public record Dawin(DawinConfig config, Model model, Map<String, Tensor> w0, Map<String, Tensor> w1) {

    /**
     * What was predicted, and how.
     *
     * @param logits {@code [N, classes]}, in the order of the samples; classes are those of {@link DawinConfig#classes}, if
     *     there are any, and so are all labels
     * @param logits0 the pre-trained model's
     * @param logits1 the fine-tuned model's
     * @param clusters {@code int64 [N]}; null where every sample has its own model
     * @param means the coefficient of each cluster, {@code [K]}; null likewise
     * @param models how many merged models were built
     * @param fitted the mixture and the offset, for {@link #frozen}
     */
    public record Prediction(
            Tensor logits,
            Tensor logits0,
            Tensor logits1,
            Coefficients coefficients,
            @Nullable Tensor clusters,
            @Nullable Tensor means,
            int models,
            Fitted fitted) {

        /** The models' probabilities mixed by the same coefficients, without merging: {@code [N, classes]}. */
        public Tensor ensemble(DawinConfig config) {
            try (var scope = Scope.open()) {
                Tensor lambda = coefficients.lambda().unsqueeze(1);
                Tensor p0 = softmax(times(logits0, 1 / config.temperatures().get(0)), -1);
                Tensor p1 = softmax(times(logits1, 1 / config.temperatures().get(1)), -1);
                return scope.keep(p0.lerp(p1, lambda.to(p0.scalar_type()).expand(Tensors.shape(p0))));
            }
        }
    }

    /** What a reference set taught. */
    public record Fitted(Offset offset, @Nullable BetaMixture mixture) {}

    /**
     * All samples at once: offset and mixture are theirs (the paper's, transductive way). Called for each batch of a stream,
     * they are each batch's own.
     *
     * @param seed of the mixture's starts
     */
    public Prediction predict(Batch samples, Seed seed) {
        try (var off = Tensors.noGrad()) {
            Answers answers = answers(samples);
            Coefficients coefficients = answers.coefficients(config, null);
            return predict(samples, answers, coefficients, mixture(config, coefficients.lambda(), seed));
        }
    }

    /** The same with first clusters that are given, {@code int64 [starts, N]}. */
    public Prediction predict(Batch samples, Tensor starts) {
        try (var off = Tensors.noGrad()) {
            Answers answers = answers(samples);
            Coefficients coefficients = answers.coefficients(config, null);
            BetaMixture mixture = BetaMixture.fit(
                    coefficients.lambda(), starts, config.bmmNcluster(), config.maxIter(), config.tol());
            return predict(samples, answers, coefficients, mixture);
        }
    }

    /** New samples, one or many, with the offset and the mixture of a reference set: nothing is fitted to them. */
    public Prediction frozen(Batch samples, Fitted reference) {
        try (var off = Tensors.noGrad()) {
            Answers answers = answers(samples);
            return predict(samples, answers, answers.coefficients(config, reference.offset), reference.mixture);
        }
    }

    /**
     * The mixture of these coefficients; null where every sample is to have its own model.
     *
     * @param lambda {@code [N]}
     * @param seed of its starts
     */
    public static @Nullable BetaMixture mixture(DawinConfig config, Tensor lambda, Seed seed) {
        long n = lambda.numel();
        return config.bmmNcluster() == 0 || config.bmmNcluster() >= n && n > 1
                ? null
                : BetaMixture.fit(lambda, n == 1 ? config.withClusters(1) : config, seed);
    }

    /** What the two models, and the one half-way if it is asked, say by themselves. */
    private record Answers(
            Tensor logits0,
            Tensor logits1,
            @Nullable Tensor labels,
            @Nullable Tensor halfway) {
        Coefficients coefficients(DawinConfig config, @Nullable Offset frozen) {
            return Coefficients.of(config, logits0, logits1, labels, halfway, frozen);
        }
    }

    private Answers answers(Batch samples) {
        boolean merged = config.expertise().usesLosses() && (config.pseudoLabel() == 2 || config.pseudoLabel() == 4);
        return new Answers(
                forward(w0, samples),
                forward(w1, samples),
                samples.find(Batch.LABELS),
                merged ? halfway(samples) : null);
    }

    private Tensor halfway(Batch samples) {
        try (var scope = Scope.open()) {
            return scope.keep(forward(between(0.5), samples)); // the logits, not the model
        }
    }

    private Tensor forward(Map<String, Tensor> weights, Batch samples) {
        Tensor all = InBatches.logits(model, weights, samples);
        return config.classes().isEmpty() ? all : Logits.ofClasses(all, config.classes());
    }

    /** (1 − λ) w_0 + λ w_1. */
    public Map<String, Tensor> between(double lambda) {
        return InMemory.merge(new WiseFtConfig(Math.min(1, Math.max(0, lambda))), List.of(w0, w1));
    }

    private Prediction predict(
            Batch samples, Answers answers, Coefficients coefficients, @Nullable BetaMixture mixture) {
        Tensor labels = mixture == null ? null : mixture.labels(coefficients.lambda());
        Clusters clusters = mixture == null || labels == null
                ? Clusters.apart(coefficients.lambda().unsqueeze(1))
                : Clusters.of(labels, mixture.mean().unsqueeze(1));
        Tensor logits = torch.zeros_like(answers.logits0);
        Map<Integer, int[]> rows = clusters.samples(); // a cluster that no sample belongs to costs nothing
        rows.forEach((cluster, numbers) -> {
            try (var scope = Scope.open()) {
                Tensor chosen = longs(Arrays.stream(numbers).asLongStream().toArray());
                double lambda = clusters.coefficients().get(cluster).get(0);
                logits.index_copy_(0, chosen, forward(between(lambda), samples.rows(chosen)));
            }
        });
        return new Prediction(
                logits,
                answers.logits0,
                answers.logits1,
                coefficients,
                labels,
                mixture == null ? null : doubles(toDoubles(mixture.mean())),
                rows.size(),
                new Fitted(coefficients.offset(), mixture));
    }
}
