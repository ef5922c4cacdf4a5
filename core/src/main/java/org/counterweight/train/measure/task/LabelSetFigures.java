package org.counterweight.train.measure.task;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.engine.Tensors;
import org.counterweight.model.Batch;
import org.counterweight.train.measure.Metric;
import org.counterweight.train.objective.Objective.Losses;

/**
 * How well the classes of rows that have any number of them are told, each by a probability of at least a half:
 * {@code micro_f1}, over all pairs of a row and a class; {@code macro_f1}, the mean over the classes, with 0 for one that is
 * neither there nor told; {@code exact_match}, the share of the rows of which every class is right. As scikit-learn's
 * {@code f1_score} and {@code accuracy_score}.
 */
public final class LabelSetFigures implements Metric {
    private double[] right = {};
    private double[] told = {};
    private double[] wanted = {};
    private double exact;
    private long rows;

    @Override
    public void add(Losses losses, Batch batch) {
        Tensor logits = losses.logits();
        if (logits == null) {
            return;
        }
        Tensor guess = logits.ge(Tensors.scalar(0)).to(ScalarType.Double); // [rows, classes]
        Tensor truth = batch.labels().to(ScalarType.Double);
        right = sum(right, guess.mul(truth));
        told = sum(told, guess);
        wanted = sum(wanted, truth);
        exact += guess.eq(truth).all(1).sum().item_double();
        rows += logits.size(0);
    }

    private static double[] sum(double[] before, Tensor more) {
        double[] added = Tensors.toDoubles(Tensors.sum(more, false, 0));
        return before.length == 0
                ? added
                : IntStream.range(0, added.length)
                        .mapToDouble(c -> before[c] + added[c])
                        .toArray();
    }

    @Override
    public Map<String, Double> figures() {
        var figures = new LinkedHashMap<String, Double>();
        figures.put("micro_f1", f1(total(right), total(told), total(wanted)));
        figures.put(
                "macro_f1",
                IntStream.range(0, right.length)
                        .mapToDouble(c -> f1(right[c], told[c], wanted[c]))
                        .average()
                        .orElse(0));
        figures.put("exact_match", rows == 0 ? 0 : exact / rows);
        return figures;
    }

    private static double total(double[] counts) {
        return java.util.Arrays.stream(counts).sum();
    }

    private static double f1(double right, double told, double wanted) {
        return told + wanted == 0 ? 0 : 2 * right / (told + wanted);
    }
}
