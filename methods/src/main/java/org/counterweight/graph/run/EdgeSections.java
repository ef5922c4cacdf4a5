package org.counterweight.graph.run;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.engine.Tensors;
import org.counterweight.train.part.Section;

/**
 * What is reported of the edges that were weighed.
 *
 * @param classes their names
 */
record EdgeSections(StruRwConfig config, List<String> classes, EdgeWeights weights) {
    String announcement(int start) {
        if (!config.estimate().weighs()) {
            return "edges stay as they are";
        }
        return "edges are weighed by the target's links from epoch " + start + " on, every " + config.freq() + " epochs"
                + (config.targetLabels() == TargetLabels.ORACLE ? ", with its true labels" : "");
    }

    List<String> warnings() {
        var warnings = new ArrayList<String>();
        if (config.targetLabels() == TargetLabels.ORACLE) {
            warnings.add(
                    "reweigh_edges.target_labels: oracle used all labels of the target: this is the best that could be reached, and no result");
        } else if (config.targetLabels() == TargetLabels.VALID) {
            warnings.add("reweigh_edges.target_labels: valid used the labels of the target's nodes to choose by");
        }
        if (!config.estimate().weighs()) {
            return warnings;
        }
        List<EdgeUpdate> updates = weights.updates();
        long skipped = updates.stream().filter(update -> !update.isApplied()).count();
        if (skipped > 0) {
            warnings.add(
                    skipped + " of " + updates.size()
                            + " estimates were skipped: the model predicted one class for every node of the target; start later (reweigh_edges.start_epoch), or lower train.lr");
        }
        List<String> unseen = weights.unseen().stream().map(classes::get).toList();
        if (!unseen.isEmpty()) {
            warnings.add("no node of the target was predicted to be " + String.join(", ", unseen)
                    + ": their edges stay as they are");
        }
        return warnings;
    }

    List<Section> all() {
        var sections = new ArrayList<Section>();
        Tensor ratio = weights.ratio();
        if (ratio != null) {
            sections.add(new Section.Matrix(
                    "How much more often the target links classes",
                    "Messages from a column's class into a row's are multiplied by that ratio"
                            + (config.lambda() == 1 ? "" : ", of which a share of " + config.lambda() + " is applied")
                            + ". Where the target has none of these links it is 0; where the source has none it stays"
                            + " 1."
                            + (config.targetLabels() == TargetLabels.ORACLE
                                    ? " Found with the target's true labels: the best that could be reached, and no result."
                                    : ""),
                    "sender",
                    "receiver",
                    classes,
                    rows(ratio),
                    1));
        }
        if (!weights.updates().isEmpty()) {
            sections.add(table());
        }
        return sections;
    }

    private static double[][] rows(Tensor matrix) {
        int size = Math.toIntExact(matrix.size(0));
        double[] all = Tensors.toDoubles(matrix);
        double[][] rows = new double[size][size];
        for (int row = 0; row < size; row++) {
            System.arraycopy(all, row * size, rows[row], 0, size);
        }
        return rows;
    }

    private Section table() {
        var rows = new ArrayList<List<String>>();
        for (EdgeUpdate update : weights.updates()) {
            rows.add(List.of(
                    String.valueOf((int) update.epoch()),
                    String.valueOf((int) update.classes()),
                    update.isApplied() ? number(update.most()) : "passed over",
                    update.isApplied() ? String.valueOf((int) update.none()) : "",
                    update.isApplied() ? number(update.shift()) : ""));
        }
        return new Section.Table(
                "When edges were weighed",
                "Each estimate, by the model's predictions for the target at that time. The shift is the mean relative difference of"
                        + " how often classes are linked in both graphs.",
                List.of("Epoch", "Classes told", "Largest ratio", "Pairs taken away", "Shift"),
                rows);
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, "%.2f", value);
    }
}
