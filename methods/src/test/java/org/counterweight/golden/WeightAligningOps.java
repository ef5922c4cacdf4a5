package org.counterweight.golden;

import static org.counterweight.engine.Tensors.doubles;
import static org.counterweight.engine.Tensors.gradients;
import static org.counterweight.engine.Tensors.longs;
import static org.counterweight.engine.Tensors.toDoubles;
import static org.counterweight.engine.Tensors.toLongs;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;
import org.counterweight.incremental.AccuracyMatrix;
import org.counterweight.incremental.BiasCorrection;
import org.counterweight.incremental.GrownHead;
import org.counterweight.incremental.Herding;
import org.counterweight.incremental.IncrementalLoss;
import org.counterweight.incremental.NearestMean;
import org.counterweight.incremental.NonNegative;
import org.counterweight.incremental.Quota;
import org.counterweight.incremental.WeightAligning;
import org.counterweight.model.part.LinearHead;
import org.counterweight.testing.GoldenCase;
import org.counterweight.train.optimize.Gradients;
import org.counterweight.train.optimize.Optimizer;
import org.counterweight.train.optimize.Sgd;
import tools.jackson.databind.JsonNode;

final class WeightAligningOps {
    static final Map<String, Op> ALL = Map.of(
            "wa_align", WeightAligningOps::align,
            "cil_loss", WeightAligningOps::loss,
            "herding", WeightAligningOps::herding,
            "exemplar_memory", WeightAligningOps::memory,
            "nme_classify", WeightAligningOps::nearestMean,
            "cil_metrics", WeightAligningOps::metrics,
            "bic_fit", WeightAligningOps::biasCorrection,
            "wa_head_train", WeightAligningOps::headTraining,
            "expand_head", WeightAligningOps::growth);

    private WeightAligningOps() {}

    private static double number(GoldenCase golden, String name) {
        return golden.params().required(name).asDouble();
    }

    private static int whole(GoldenCase golden, String name) {
        return golden.params().required(name).asInt();
    }

    private static boolean flag(GoldenCase golden, String name) {
        return golden.params().path(name).asBoolean(false);
    }

    private static Tensor one(double value) {
        return doubles(new double[] {value});
    }

    private static Tensor one(Tensor scalar) {
        return scalar.detach().reshape(1);
    }

    private static WeightAligning aligning(GoldenCase golden) {
        return new WeightAligning(number(golden, "norm_p"), flag(golden, "clamp_max_one"), flag(golden, "scale_bias"));
    }

    private static Map<String, Tensor> align(GoldenCase golden) {
        var head = new LinearHead(golden.in("weight"), golden.inputs().get("bias"));
        WeightAligning.Aligned aligned = aligning(golden).align(head, whole(golden, "num_old"));
        var out = new LinkedHashMap<String, Tensor>();
        out.put("gamma", one(aligned.gamma()));
        out.put("gamma_unclamped", one(aligned.unclamped()));
        out.put("weight", aligned.head().weight());
        if (aligned.head().bias() != null) {
            out.put("bias", aligned.head().bias());
        }
        out.put("logits", aligned.head().logits(golden.in("x")));
        return out;
    }

    private static Map<String, Tensor> loss(GoldenCase golden) {
        var method = IncrementalLoss.Method.valueOf(
                golden.params().required("method").asString().toUpperCase(Locale.ROOT));
        var loss = new IncrementalLoss(
                method,
                whole(golden, "num_old"),
                number(golden, "temperature"),
                golden.params().path("lwf_lambda").asDouble(0));
        Tensor logits = golden.in("logits").requires_grad_(true);
        IncrementalLoss.Terms terms =
                loss.terms(logits, golden.in("labels"), golden.inputs().get("old_logits"));
        Tensor total = terms.total().mean();
        return Map.of(
                "ce", one(terms.ce().mean()),
                "kd", one(terms.kd().mean()),
                "lambda", one(terms.lambda()),
                "loss", one(total),
                "grad.logits", gradients(total, false, logits)[0]);
    }

    private static Map<String, Tensor> herding(GoldenCase golden) {
        double eps = number(golden, "normalize_eps");
        Tensor features = golden.in("features");
        int[] picks = Herding.valueOf(
                        golden.params().required("variant").asString().toUpperCase(Locale.ROOT))
                .pick(features, whole(golden, "m"), new Seed(0), eps);
        Tensor rows = longs(IntStream.of(picks).asLongStream().toArray());
        return Map.of(
                "indices", rows,
                "class_mean", NearestMean.mean(features, eps),
                "exemplar_mean_normalized", NearestMean.ofExemplars(features.index_select(0, rows), eps));
    }

    private static Map<String, Tensor> memory(GoldenCase golden) {
        JsonNode fixed = golden.params().path("fixed_per_class");
        var quota = new Quota(whole(golden, "memory_size"), fixed.isNumber() ? Integer.valueOf(fixed.asInt()) : null);
        JsonNode sizes = golden.params().required("task_sizes");
        int rows = whole(golden, "samples_per_class");
        long[] perClass = new long[sizes.size()];
        long[] stored = new long[sizes.size()];
        long[] first = new long[sizes.size()];
        int classes = 0;
        int[] kept = {};
        for (int task = 0; task < sizes.size(); task++) {
            classes += sizes.get(task).asInt();
            perClass[task] = quota.of(classes);
            int before = kept.length;
            kept = Arrays.copyOf(kept, classes);
            for (int c = 0; c < classes; c++) { // old classes keep a beginning of what they have
                kept[c] = (int) Math.min(perClass[task], c < before ? kept[c] : rows);
            }
            stored[task] = Arrays.stream(kept).sum();
            first[task] = kept[0];
        }
        return Map.of("per_class", longs(perClass), "total_stored", longs(stored), "kept_ranks_class0", longs(first));
    }

    private static Map<String, Tensor> nearestMean(GoldenCase golden) {
        var means = new NearestMean(golden.in("class_means"));
        double eps = number(golden, "normalize_eps");
        return Map.of(
                "preds", means.classes(golden.in("features"), eps),
                "sq_distance", means.squaredDistances(golden.in("features"), eps));
    }

    private static Map<String, Tensor> metrics(GoldenCase golden) {
        double[] flat = toDoubles(golden.in("acc_matrix"));
        int tasks = Math.toIntExact(golden.in("acc_matrix").size(0));
        double[][] rows = IntStream.range(0, tasks)
                .mapToObj(t -> Arrays.copyOfRange(flat, t * tasks, (t + 1) * tasks))
                .toArray(double[][]::new);
        var matrix = new AccuracyMatrix(rows, toLongs(golden.in("test_counts")));
        return Map.of(
                "step_accuracy", doubles(matrix.afterEachTask()),
                "average_incremental", one(matrix.average()),
                "average_incremental_without_first", one(matrix.averageWithoutFirst()),
                "last", one(matrix.last()),
                "forgetting", one(matrix.forgetting()));
    }

    private static Map<String, Tensor> biasCorrection(GoldenCase golden) {
        var fit = new BiasCorrection.Fit(
                number(golden, "lr"),
                number(golden, "momentum"),
                number(golden, "weight_decay"),
                whole(golden, "steps"));
        BiasCorrection found = BiasCorrection.fit(fit, golden.in("logits"), golden.in("labels"), whole(golden, "low"));
        return Map.of(
                "alpha", one(found.alpha()),
                "beta", one(found.beta()),
                "loss", doubles(found.loss()),
                "corrected", found.of(golden.in("logits")));
    }

    private static Map<String, Tensor> headTraining(GoldenCase golden) {
        Tensor weight = golden.in("weight").requires_grad_(true);
        int known = whole(golden, "num_old");
        var loss = new IncrementalLoss(IncrementalLoss.Method.WA, known, number(golden, "temperature"), 0);
        long steps = golden.in("order").size(0);
        double[] losses = new double[Math.toIntExact(steps)];
        Map<String, Tensor> parameters = Map.of("weight", weight);
        try (var optimizer = Optimizer.of(
                new Sgd(number(golden, "momentum"), false),
                parameters,
                number(golden, "lr"),
                number(golden, "weight_decay"))) {
            for (int step = 0; step < losses.length; step++) {
                Tensor batch = golden.in("order").select(0, step);
                Gradients.clear(parameters.values());
                Tensor total = loss.terms(
                                Tensors.linear(golden.in("features").index_select(0, batch), weight, null),
                                golden.in("labels").index_select(0, batch),
                                golden.in("old_logits").index_select(0, batch))
                        .total()
                        .mean();
                losses[step] = total.item_double();
                total.backward();
                optimizer.step(1);
                if (flag(golden, "restrict_nonnegative")) {
                    NonNegative.restrict(weight);
                }
            }
        }
        WeightAligning.Aligned aligned = aligning(golden).align(new LinearHead(weight, null), known);
        return Map.of(
                "weight_before_align", weight.detach(),
                "weight", aligned.head().weight(),
                "gamma", one(aligned.gamma()),
                "loss", doubles(losses));
    }

    private static Map<String, Tensor> growth(GoldenCase golden) {
        var old = new LinearHead(golden.in("weight"), golden.inputs().get("bias"));
        var fresh = new LinearHead(golden.in("init_weight"), golden.inputs().get("init_bias"));
        LinearHead grown = GrownHead.of(old, fresh, flag(golden, "reinitialize_all"));
        return grown.bias() == null
                ? Map.of("weight", grown.weight())
                : Map.of("weight", grown.weight(), "bias", Objects.requireNonNull(grown.bias()));
    }
}
