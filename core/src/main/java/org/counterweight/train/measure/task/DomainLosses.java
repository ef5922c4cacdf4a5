package org.counterweight.train.measure.task;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.counterweight.engine.Tensors;
import org.counterweight.model.Batch;
import org.counterweight.train.measure.Metric;
import org.counterweight.train.objective.Objective.Losses;

/**
 * The loss of each domain of texts, over its own tokens: {@code loss_novels}. A domain without rows has none.
 *
 * @param names of the domains, by their number
 * @param sums what has been gathered: per domain the losses of its tokens together, and how many these are; changed in place
 */
public record DomainLosses(List<String> names, String tensor, double[][] sums) implements Metric {
    /** @param tensor of a batch, the number of each row's domain, {@code int64 [rows]} */
    public static DomainLosses of(List<String> names, String tensor) {
        return new DomainLosses(List.copyOf(names), tensor, new double[names.size()][2]);
    }

    @Override
    public void add(Losses losses, Batch batch) {
        double[] ofRows = Tensors.toDoubles(losses.perRow().mul(losses.units()));
        long[] units = Tensors.toLongs(losses.units());
        long[] domains = Tensors.toLongs(batch.get(tensor));
        for (int row = 0; row < domains.length; row++) {
            double[] sum = sums[(int) domains[row]];
            sum[0] += ofRows[row];
            sum[1] += units[row];
        }
    }

    @Override
    public Map<String, Double> figures() {
        var figures = new LinkedHashMap<String, Double>();
        for (int i = 0; i < sums.length; i++) {
            if (sums[i][1] > 0) {
                figures.put("loss_" + names.get(i), sums[i][0] / sums[i][1]);
            }
        }
        return figures;
    }
}
