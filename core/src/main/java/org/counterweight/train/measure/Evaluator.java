package org.counterweight.train.measure;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.data.BatchSource;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Tensors;
import org.counterweight.model.Batch;
import org.counterweight.model.Model;
import org.counterweight.model.Params;
import org.counterweight.model.Pass;
import org.counterweight.model.Precision;
import org.counterweight.train.objective.CrossEntropy;
import org.counterweight.train.objective.Objective;
import org.counterweight.train.objective.TokenCrossEntropy;
import org.counterweight.train.state.TrainingException;
import org.jspecify.annotations.Nullable;

/**
 * Measures a model on held-out rows, without gradients and without dropout: the loss, and of a classifier the confusion
 * matrix with accuracy and macro-F1, of a language model the perplexity.
 *
 * @param objective whose losses are averaged, each row by its units
 * @param labels the classes' names; empty if the model is no classifier, or if they have none
 * @param metrics what is measured beside these; each makes one anew for an evaluation
 * @param weights the batch's tensor that says how many rows each row stands for, none below 0; null where each stands for itself
 */
public record Evaluator(
        BatchSource data,
        Objective objective,
        Precision precision,
        List<String> labels,
        List<Supplier<Metric>> metrics,
        @Nullable String weights) {
    public Evaluator {
        labels = List.copyOf(labels);
        metrics = List.copyOf(metrics);
    }

    /** Of rows that have no weights. */
    public Evaluator(
            BatchSource data,
            Objective objective,
            Precision precision,
            List<String> labels,
            List<Supplier<Metric>> metrics) {
        this(data, objective, precision, labels, metrics, null);
    }

    /** Without further metrics. */
    public Evaluator(BatchSource data, Objective objective, Precision precision, List<String> labels) {
        this(data, objective, precision, labels, List.of());
    }

    /**
     * The same with further metrics.
     *
     * @param learnt how many rows of each class there are to learn from, each as often as it weighs; empty where rows have no
     *     classes
     */
    public Evaluator with(List<MetricConfig> more, List<Double> learnt) {
        var all = new ArrayList<>(metrics);
        more.forEach(config -> all.add(() -> config.create(learnt)));
        return new Evaluator(data, objective, precision, labels, all, weights);
    }

    /** The same on other batches. */
    public Evaluator over(BatchSource other) {
        return new Evaluator(other, objective, precision, labels, metrics, weights);
    }

    /** The same with each row as often as this tensor of a batch says. */
    public Evaluator weighedBy(String tensor) {
        return new Evaluator(data, objective, precision, labels, metrics, tensor);
    }

    /** The same with these metrics in place of its own. */
    public Evaluator telling(List<Supplier<Metric>> others) {
        return new Evaluator(data, objective, precision, labels, others, weights);
    }

    /** The same with a metric that no recipe names, made anew for an evaluation. */
    public Evaluator with(Supplier<Metric> more) {
        var all = new ArrayList<>(metrics);
        all.add(more);
        return new Evaluator(data, objective, precision, labels, all, weights);
    }

    public static Evaluator of(BatchSource data, Objective objective, List<String> labels) {
        return new Evaluator(data, objective, Precision.FLOAT32, labels);
    }

    public Evaluation evaluate(Model model, Params params) {
        try (var scope = Scope.open();
                var off = Tensors.noGrad()) {
            return evaluateWith(model, precision.of(model, params));
        }
    }

    private Evaluation evaluateWith(Model model, Params computed) {
        double sum = 0;
        double units = 0;
        double[] counts = null;
        List<Metric> gathered = metrics.stream().map(Supplier::get).toList();
        IntFunction<Batch> batches = data.epoch(0);
        for (int i = 0; i < data.batches(); i++) {
            try (var scope = Scope.open();
                    var off = Tensors.noGrad()) {
                Batch batch = batches.apply(i).to(computed.device());
                Objective.Losses losses = objective.losses(model, computed, batch, Pass.evaluation());
                Tensor each = weights(losses, batch);
                Tensor counted =
                        weights == null ? losses.units() : losses.units().mul(each);
                Tensor all = losses.perRow().mul(counted);
                sum += Tensors.toDoubles((weights == null ? all : leftOut(all, each)).sum())[0];
                units += Tensors.toDoubles(counted.sum())[0];
                gathered.forEach(metric -> metric.add(losses, batch, each));
                Tensor labelsOfBatch = batch.find(Batch.LABELS);
                Tensor logits = losses.logits();
                if (logits != null && labelsOfBatch != null && isClassifier(logits, labelsOfBatch)) {
                    counts = added(counts, confused(logits, labelsOfBatch, each));
                }
            }
        }
        if (units == 0 && weights != null) {
            throw new TrainingException("the rows to evaluate on have nothing to predict, or all have " + weights
                    + " 0; give rows with weights above 0");
        }
        if (units == 0) {
            throw new TrainingException("the rows to evaluate on have nothing to predict: every label is −100"
                    + " (of masked_lm a greater data.mask_share hides some of so few words); give more of them");
        }
        return summary(sum / units, counts, gathered);
    }

    /** How many rows each row stands for, {@code float64 [rows]}. */
    private Tensor weights(Objective.Losses losses, Batch batch) {
        return weights == null
                ? torch.ones_like(losses.units()).to(ScalarType.Double)
                : batch.get(weights).to(ScalarType.Double);
    }

    /** Rows of weight 0 add nothing, even where their loss is not finite. */
    private static Tensor leftOut(Tensor values, Tensor weights) {
        return values.masked_fill(weights.eq(Tensors.scalar(0)), Tensors.scalar(0));
    }

    private Evaluation summary(double loss, double @Nullable [] counts, List<Metric> gathered) {
        var figures = new LinkedHashMap<String, Double>();
        if (objective instanceof TokenCrossEntropy) {
            figures.put("perplexity", Math.exp(loss));
        }
        Confusion confusion = counts == null ? null : confusion(counts);
        if (confusion != null) {
            figures.put("accuracy", confusion.accuracy());
            figures.put("macro_f1", confusion.macroF1());
        }
        gathered.forEach(metric -> figures.putAll(metric.figures()));
        return new Evaluation(
                loss,
                figures,
                confusion,
                gathered.stream().flatMap(metric -> metric.parts().stream()).toList());
    }

    private Confusion confusion(double[] counts) {
        int classes = (int) Math.round(Math.sqrt(counts.length));
        double[][] table = new double[classes][classes];
        for (int i = 0; i < counts.length; i++) {
            table[i / classes][i % classes] = counts[i];
        }
        return new Confusion(names(classes), table);
    }

    private List<String> names(int classes) {
        var names = new ArrayList<>(labels.subList(0, Math.min(classes, labels.size())));
        IntStream.range(names.size(), classes).forEach(c -> names.add(String.valueOf(c)));
        return names;
    }

    private static boolean isClassifier(Tensor logits, Tensor labels) {
        return logits.dim() == 2 && labels.dim() == 1 && !labels.is_floating_point();
    }

    /** Counts of truth · classes + guess, over the rows that have a label. */
    private static double[] confused(Tensor logits, Tensor labels, Tensor weights) {
        long classes = logits.size(1);
        Tensor known = labels.ne(new Scalar(CrossEntropy.IGNORED));
        Tensor pairs =
                labels.mul(new Scalar(classes)).add(logits.argmax(new org.bytedeco.pytorch.LongOptional(1), false));
        return Tensors.toDoubles(torch.bincount(
                pairs.masked_select(known), new TensorOptional(weights.masked_select(known)), classes * classes));
    }

    private static double[] added(double @Nullable [] sum, double[] more) {
        if (sum == null) {
            return more;
        }
        for (int i = 0; i < more.length; i++) {
            sum[i] += more[i];
        }
        return sum;
    }
}
