package org.counterweight.balance.audit;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Tensors;
import org.counterweight.model.Batch;
import org.counterweight.train.measure.BalancedAccuracy;
import org.counterweight.train.measure.HeadFeatures;
import org.counterweight.train.measure.Metric;
import org.counterweight.train.measure.MetricConfig;
import org.counterweight.train.measure.ShotAccuracy;
import org.counterweight.train.objective.Objective.Losses;

/**
 * How many rows of each class are found, from logits that are there already: {@code [B, C]}, with {@code labels} from 0,
 * {@code int64 [B]}. All figures are shares in [0, 1].
 */
public final class Recalls {
    private Recalls() {}

    /**
     * The mean recall of the classes that occur: balanced accuracy.
     *
     * @param weights how many rows each stands for, {@code float64 [B]}
     */
    public static double balanced(Tensor logits, Tensor labels, Tensor weights) {
        return figures(new BalancedAccuracy(), List.of(), logits, labels, weights)
                .values()
                .iterator()
                .next();
    }

    /**
     * The same, and the means over classes with many, a medium number of and few rows; a group without classes is left out.
     *
     * @param counts how many rows of each class there were to learn from
     * @param rows what the logits were made of
     */
    public static Map<String, Double> groups(
            ShotAccuracy shots, List<Double> counts, Tensor logits, HeadFeatures rows) {
        var all = new LinkedHashMap<>(figures(new BalancedAccuracy(), counts, logits, rows.labels(), rows.weights()));
        all.putAll(figures(shots, counts, logits, rows.labels(), rows.weights()));
        return all;
    }

    private static Map<String, Double> figures(
            MetricConfig config, List<Double> counts, Tensor logits, Tensor labels, Tensor weights) {
        Metric metric = config.create(counts);
        try (var scope = Scope.open()) {
            metric.add(new Losses(logits, labels, logits), new Batch(Map.of(Batch.LABELS, labels)), weights);
        }
        return metric.figures();
    }

    /** Of each of the C classes, the share of its rows that is found; NaN where it has none. */
    public static double[] ofClasses(Tensor logits, Tensor labels, Tensor weights) {
        try (var scope = Scope.open()) {
            long classes = logits.size(1);
            Tensor found = logits.argmax(new LongOptional(1), false).eq(labels);
            double[] right = Tensors.toDoubles(torch.bincount(labels, new TensorOptional(weights.mul(found)), classes));
            double[] rows = Tensors.toDoubles(torch.bincount(labels, new TensorOptional(weights), classes));
            for (int c = 0; c < right.length; c++) {
                right[c] /= rows[c];
            }
            return right;
        }
    }
}
