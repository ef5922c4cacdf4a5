package org.counterweight.jobs.train;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import org.counterweight.merge.stock.StockHistory;
import org.counterweight.merge.stock.StockRatios;
import org.counterweight.report.Chart;
import org.counterweight.report.LayerPlot;

/** The merges of a run with Model Stock, as the report shows them. */
final class StockPictures {
    private StockPictures() {}

    /** How far from the start the merges lay, over the steps of the run. */
    static Chart course(StockHistory stock) {
        List<StockHistory.Merge> merges = stock.merges();
        double[] steps = merges.stream().mapToDouble(StockHistory.Merge::step).toArray();
        return Chart.of(
                "Ratio of the merges",
                "How much of the way from the weights at the start to the mean of the models each merge went: mean and"
                        + " least over the tensors. The more alike the models move, the nearer to 1.",
                "steps",
                List.of(
                        new Chart.Series("mean", steps, each(merges, StockHistory.Merge::meanRatio), false),
                        new Chart.Series("least", steps, each(merges, StockPictures::least), true)),
                List.of());
    }

    private static double[] each(List<StockHistory.Merge> merges, ToDoubleFunction<StockHistory.Merge> figure) {
        return merges.stream().mapToDouble(figure).toArray();
    }

    private static double least(StockHistory.Merge merge) {
        return merge.tensors().stream().mapToDouble(StockRatios.Row::t).min().orElse(Double.NaN);
    }

    /** The ratio of each tensor at the last merge. */
    static LayerPlot ratios(StockHistory stock) {
        List<StockHistory.Merge> merges = stock.merges();
        StockHistory.Merge last = merges.get(merges.size() - 1); // a run ends with a merge
        var values = new LinkedHashMap<String, LayerPlot.Value>();
        last.tensors()
                .forEach(row -> values.put(
                        row.tensor(), new LayerPlot.Value(shown(row.t()), Math.max(0, Math.min(1, row.t())))));
        double degrees = last.tensors().stream()
                .mapToDouble(StockRatios.Row::angleDeg)
                .average()
                .orElse(Double.NaN);
        return LayerPlot.of(
                "How far the merge went",
                String.format(
                        Locale.ROOT,
                        "The ratio of each tensor at the last merge, after step %,d: 1 is the mean of the models, 0 the"
                                + " weights at the start. Mean %.2f, at a mean angle of %.0f degrees between the models."
                                + " All merges stand in model_stock.json.",
                        last.step(),
                        last.meanRatio(),
                        degrees),
                values);
    }

    /** Two digits, as short as can be. */
    private static String shown(double ratio) {
        return String.format(Locale.ROOT, "%.2f", ratio)
                .replaceFirst("\\.00$", "")
                .replaceFirst("^0\\.", ".");
    }
}
