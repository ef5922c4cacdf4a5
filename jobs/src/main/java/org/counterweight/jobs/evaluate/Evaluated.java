package org.counterweight.jobs.evaluate;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.counterweight.config.Configs;
import org.counterweight.jobs.predict.decide.Thresholds;
import org.counterweight.train.measure.uncertainty.Calibration;
import org.counterweight.train.measure.uncertainty.Interval;
import tools.jackson.databind.node.ObjectNode;

/**
 * What came of judging a model.
 *
 * @param thresholds by which the model's classes were told
 * @param whole the figures of all rows
 * @param groups those of each group, by the alphabet; empty without groups
 * @param lines a row each: what was asked, what the model told, {@code truth} and {@code loss}
 */
public record Evaluated(
        Path model,
        Path input,
        Judged judged,
        Thresholds thresholds,
        Part whole,
        List<Part> groups,
        List<ObjectNode> lines) {
    public Evaluated {
        groups = List.copyOf(groups);
        lines = List.copyOf(lines);
    }

    /**
     * Figures of some of the rows.
     *
     * @param name of the group; empty for all rows
     * @param rows those whose weight is above 0
     * @param weight their weights together: how many rows they stand for; NaN where rows have no weights
     * @param intervals by the figures' names; none of too few rows. Rows are drawn for them, each with its weight: one that
     *     stands for three is still one that was seen
     */
    public record Part(
            String name, int rows, double weight, Map<String, Double> figures, Map<String, Interval> intervals) {
        /** {@code , which weigh 75}; nothing where rows have no weights. */
        public String weighed() {
            return Double.isNaN(weight)
                    ? ""
                    : String.format(
                            Locale.ROOT,
                            weight == Math.rint(weight) ? ", which weigh %,.0f" : ", which weigh %.4g",
                            weight);
        }
    }

    /** All figures, as they are written. */
    public ObjectNode json() {
        ObjectNode tree = Configs.JSON.createObjectNode();
        tree.put("model", model.toString()).put("input", input.toString());
        write(whole, tree);
        judged.baseline().forEach(tree.putObject("baseline")::put);
        if (!thresholds.byClass().isEmpty()) {
            thresholds.byClass().forEach(tree.putObject("thresholds")::put);
        }
        if (!groups.isEmpty()) {
            ObjectNode byGroup = tree.putObject("groups");
            groups.forEach(part -> write(part, byGroup.putObject(part.name())));
        }
        if (!judged.perClass().isEmpty()) {
            ObjectNode classes = tree.putObject("classes");
            judged.perClass()
                    .forEach(row -> count(classes.putObject(row.label()), row.support())
                            .put("precision", row.precision())
                            .put("recall", row.recall())
                            .put("f1", row.f1()));
        }
        Calibration calibration = judged.calibration();
        if (calibration != null) {
            var bins = tree.putArray("calibration");
            calibration.bins().stream()
                    .filter(bin -> bin.rows() > 0)
                    .forEach(bin -> count(
                                    bins.addObject().put("above", bin.low()).put("to", bin.high()), bin.rows())
                            .put("confidence", bin.confidence())
                            .put("accuracy", bin.accuracy()));
        }
        return tree;
    }

    /** A number of rows, which weights may make a broken one. */
    private static ObjectNode count(ObjectNode into, double rows) {
        return rows == Math.rint(rows) ? into.put("rows", (long) rows) : into.put("rows", rows);
    }

    private static void write(Part part, ObjectNode into) {
        into.put("rows", part.rows());
        if (!Double.isNaN(part.weight())) {
            into.put("weight", part.weight());
        }
        ObjectNode figures = into.putObject("figures");
        part.figures().forEach((name, value) -> {
            ObjectNode figure = figures.putObject(name).put("value", value);
            Interval interval = part.intervals().get(name);
            if (interval != null) {
                figure.putArray("interval").add(interval.low()).add(interval.high());
            }
        });
    }
}
