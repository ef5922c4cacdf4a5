package org.counterweight.train.measure;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.function.Function;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;
import org.counterweight.engine.Tensors;
import org.counterweight.model.Batch;
import org.counterweight.train.objective.CrossEntropy;
import org.counterweight.train.objective.Objective.Losses;

/** Of each class, the share of its rows that a classifier finds; what is made of them is the given function's. */
final class ClassRecall implements Metric {
    private final Function<ClassRecall, Map<String, Double>> figures;
    private double[] right = {};
    private double[] rows = {};

    ClassRecall(Function<ClassRecall, Map<String, Double>> figures) {
        this.figures = figures;
    }

    @Override
    public void add(Losses losses, Batch batch, Tensor weights) {
        Tensor logits = losses.logits();
        if (logits == null) {
            return;
        }
        long classes = logits.size(1);
        Tensor known = batch.labels().ne(new Scalar(CrossEntropy.IGNORED));
        Tensor labels = batch.labels().masked_select(known);
        Tensor found =
                logits.argmax(new LongOptional(1), false).masked_select(known).eq(labels);
        Tensor of = weights.masked_select(known);
        rows = sum(rows, counts(labels, of, classes));
        right = sum(right, counts(labels.masked_select(found), of.masked_select(found), classes));
    }

    private static double[] counts(Tensor labels, Tensor weights, long classes) {
        return Tensors.toDoubles(torch.bincount(labels, new TensorOptional(weights), classes));
    }

    private static double[] sum(double[] sum, double[] more) {
        return IntStream.range(0, more.length)
                .mapToDouble(c -> more[c] + (sum.length == 0 ? 0 : sum[c]))
                .toArray();
    }

    /** The mean over those of the classes that occur; none if none does. */
    OptionalDouble mean(IntPredicate classes) {
        List<Double> shares = new ArrayList<>();
        for (int c = 0; c < rows.length; c++) {
            if (rows[c] > 0 && classes.test(c)) {
                shares.add(right[c] / rows[c]);
            }
        }
        return shares.stream().mapToDouble(Double::doubleValue).average();
    }

    @Override
    public Map<String, Double> figures() {
        return figures.apply(this);
    }
}
