package org.counterweight.jobs.baseline;

import java.util.List;
import java.util.Map;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Generator;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.data.Dataset;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Tensors;
import org.counterweight.jobs.recipe.data.ColumnsSection;
import org.counterweight.model.Batch;
import org.counterweight.model.Model;
import org.counterweight.model.Output;
import org.counterweight.model.Params;
import org.counterweight.model.Pass;
import org.counterweight.model.module.Modules;
import org.counterweight.train.measure.Evaluation;
import org.counterweight.train.measure.Evaluator;

/** What is reached without looking at a row: the same outputs for each. */
public final class ConstantBaseline {
    private static final String OUTPUTS = "outputs";

    /** No class is less certain than this, nor more certain than 1 without it: a loss must not be infinite. */
    private static final double SURE = 1e-6;

    private ConstantBaseline() {}

    private record Constant(int outputs) implements Model {
        @Override
        public Output forward(Params params, Batch batch, Pass pass) {
            Tensor all = params.weight(OUTPUTS).expand(batch.rows(), outputs);
            return new Output(all, all);
        }

        @Override
        public Map<String, long[]> shapes() {
            return Map.of(OUTPUTS, new long[] {outputs});
        }

        @Override
        public Map<String, Tensor> initialize(Generator random) {
            return Map.of(OUTPUTS, Tensors.zeros(outputs));
        }

        @Override
        public Modules modules() {
            return Modules.of(List.of());
        }
    }

    /** Judges these outputs, a logit a class or a score. */
    public static Evaluation evaluate(Evaluator evaluator, float... outputs) {
        try (var scope = Scope.open()) {
            return evaluator.evaluate(
                    new Constant(outputs.length), Params.of(Map.of(OUTPUTS, Tensors.floats(outputs))));
        }
    }

    /** The mean of the targets of rows, one an output; each row counts as often as it weighs. */
    public static float[] means(Dataset rows) {
        try (var scope = Scope.open()) {
            Batch all = rows.batch(IntStream.range(0, rows.size()).toArray());
            Tensor weights = all.find(ColumnsSection.WEIGHT);
            if (weights == null) {
                return Tensors.toFloats(Tensors.mean(all.labels(), false, 0));
            }
            Tensor targets = all.labels().to(ScalarType.Double); // [rows, outputs]
            return Tensors.toFloats(
                    weights.unsqueeze(0).matmul(targets).squeeze(0).div(weights.sum()));
        }
    }

    /** The logits of classes that such shares of the rows have. */
    public static float[] oddsOf(float... shares) {
        float[] logits = new float[shares.length];
        for (int c = 0; c < logits.length; c++) {
            double share = Math.min(Math.max(shares[c], SURE), 1 - SURE);
            logits[c] = (float) Math.log(share / (1 - share));
        }
        return logits;
    }

    /**
     * The logits of classes of which there are so many rows to learn from; with one more of each, so that a class without
     * rows is not impossible.
     */
    public static float[] logits(double... classRows) {
        double all = DoubleStream.of(classRows).map(rows -> rows + 1).sum();
        float[] logits = new float[classRows.length];
        for (int c = 0; c < logits.length; c++) {
            logits[c] = (float) Math.log((classRows[c] + 1) / all);
        }
        return logits;
    }
}
