package org.counterweight.guide.learn;

import java.util.LinkedHashMap;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.engine.Tensors;
import org.counterweight.model.Batch;
import org.counterweight.train.measure.Metric;
import org.counterweight.train.objective.Objective.Losses;

/** The mean loss by time of training, in ten parts from data to noise: {@code loss_at_5} … {@code loss_at_95}, percent of it. */
public final class LevelLosses implements Metric {
    /** How many parts. */
    public static final int PARTS = 10;

    private final double[] sums = new double[PARTS];
    private final double[] rows = new double[PARTS];

    /** The name of a part's figure. */
    public static String figure(int part) {
        return "loss_at_" + (100 * part + 50) / PARTS;
    }

    @Override
    public void add(Losses losses, Batch batch, Tensor weights) {
        double[] values = Tensors.toDoubles(losses.perRow());
        double[] each = Tensors.toDoubles(weights);
        double[] times = DiffusionObjective.times(batch);
        for (int i = 0; i < values.length; i++) {
            int part = (int) (times[i] * PARTS);
            sums[part] += each[i] * values[i];
            rows[part] += each[i];
        }
    }

    @Override
    public Map<String, Double> figures() {
        var figures = new LinkedHashMap<String, Double>();
        for (int part = 0; part < PARTS; part++) {
            if (rows[part] > 0) {
                figures.put(figure(part), sums[part] / rows[part]);
            }
        }
        return figures;
    }
}
