package org.counterweight.merge.stock;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import org.counterweight.train.part.Section;

/** The merges of a run with Model Stock, as a report shows them. */
record StockSections(List<StockHistory.Merge> merges) {
    List<Section> all() {
        return merges.isEmpty() ? List.of() : List.of(course(), ratios());
    }

    /** How far from the start the merges lay, over the steps of the run. */
    private Section course() {
        double[] steps = merges.stream().mapToDouble(StockHistory.Merge::step).toArray();
        return new Section.Curves(
                "Ratio of the merges",
                "How much of the way from the weights at the start to the mean of the models each merge went: mean and"
                        + " least over the tensors. The more alike the models move, the nearer to 1.",
                List.of(
                        new Section.Curve("mean", steps, each(StockHistory.Merge::meanRatio), false),
                        new Section.Curve("least", steps, each(StockSections::least), true)));
    }

    private double[] each(ToDoubleFunction<StockHistory.Merge> figure) {
        return merges.stream().mapToDouble(figure).toArray();
    }

    private static double least(StockHistory.Merge merge) {
        return merge.tensors().stream().mapToDouble(StockRatios.Row::t).min().orElse(Double.NaN);
    }

    /** The ratio of each tensor at the last merge. */
    private Section ratios() {
        StockHistory.Merge last = merges.get(merges.size() - 1); // a run ends with a merge
        var values = new LinkedHashMap<String, Section.Value>();
        last.tensors()
                .forEach(row ->
                        values.put(row.tensor(), new Section.Value(shown(row.t()), Math.max(0, Math.min(1, row.t())))));
        double degrees = last.tensors().stream()
                .mapToDouble(StockRatios.Row::angleDeg)
                .average()
                .orElse(Double.NaN);
        return new Section.ByLayer(
                "How far the merge went",
                String.format(
                        Locale.ROOT,
                        "The ratio of each tensor at the last merge, after step %,d: 1 is the mean of the models, 0 the"
                                + " weights at the start. Mean %.2f, at a mean angle of %.0f degrees between the models."
                                + " All merges stand in %s.",
                        last.step(),
                        last.meanRatio(),
                        degrees,
                        StockHistory.FILE),
                values);
    }

    /** Two digits, as short as can be. */
    private static String shown(double ratio) {
        return String.format(Locale.ROOT, "%.2f", ratio)
                .replaceFirst("\\.00$", "")
                .replaceFirst("^0\\.", ".");
    }
}
