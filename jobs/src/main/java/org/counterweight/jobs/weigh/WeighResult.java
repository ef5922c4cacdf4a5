package org.counterweight.jobs.weigh;

import java.util.List;
import java.util.Map;
import org.counterweight.config.Configs;
import org.counterweight.shift.Findings;
import org.counterweight.shift.measure.Balance;
import org.counterweight.shift.measure.WeightHistogram;
import org.counterweight.weights.ledger.Ledger;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What came of weighing.
 *
 * @param rows of the source
 * @param kept rows of the source that were written
 * @param targetRows of the target; 0 without one
 * @param features how many
 * @param spreads of each column of weights, by its name
 * @param warnings all of them, the method's and those of the balance
 * @param remarks what was found out of the tables
 * @param files that were written
 */
public record WeighResult(
        WeighRecipe recipe,
        long rows,
        long kept,
        long targetRows,
        int features,
        Map<String, WeightHistogram> spreads,
        Balance balance,
        Findings findings,
        List<String> warnings,
        List<String> remarks,
        List<String> files,
        Ledger ledger) {
    public WeighResult {
        warnings = List.copyOf(warnings);
        remarks = List.copyOf(remarks);
        files = List.copyOf(files);
    }

    /** All figures, for programs. */
    public ObjectNode json() {
        ObjectNode tree = Configs.JSON.createObjectNode();
        tree.put("method", recipe.weigh().method().name());
        tree.put("rows", rows).put("kept", kept).put("target_rows", targetRows).put("features", features);
        ObjectNode figures = tree.putObject("figures");
        findings.figures().forEach((name, value) -> put(figures, name, value));
        ObjectNode weights = tree.putObject("weights");
        spreads.forEach((name, spread) -> {
            ObjectNode of = weights.putObject(name);
            of.put("count", spread.count()).put("zeros", spread.zeros());
            put(of, "mean", spread.mean());
            put(of, "least", spread.least());
            put(of, "most", spread.most());
            put(of, "effective", spread.effective());
        });
        ArrayNode of = tree.putArray("balance");
        balance.features().forEach(feature -> {
            ObjectNode row = of.addObject();
            row.put("feature", feature.name());
            put(row, "before", feature.before());
            put(row, "after", feature.after());
        });
        tree.set("warnings", Configs.JSON.valueToTree(warnings));
        tree.set("withheld", Configs.JSON.valueToTree(findings.withheld()));
        tree.set("tables", Configs.JSON.valueToTree(findings.tables()));
        tree.set("ledger", Configs.json(ledger.toJson(), "ledger"));
        return tree;
    }

    /** A number that JSON has; null for one that it has not. */
    private static void put(ObjectNode into, String name, double value) {
        if (Double.isFinite(value)) {
            into.put(name, value);
        } else {
            into.putNull(name);
        }
    }
}
