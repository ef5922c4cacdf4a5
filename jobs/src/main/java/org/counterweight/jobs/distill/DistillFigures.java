package org.counterweight.jobs.distill;

import java.util.List;
import org.counterweight.config.Configs;
import org.counterweight.distill.run.Distilled;
import org.counterweight.distill.settings.DistillConfig;
import tools.jackson.databind.node.ObjectNode;

/** The figures of a distillation as they are written. */
final class DistillFigures {
    private DistillFigures() {}

    /** @param ofAll how right networks are that learnt from all real images; NaN where there are none */
    static ObjectNode of(DistillConfig config, Distilled own, List<JudgedSet> judged, double ofAll) {
        ObjectNode figures = Configs.JSON.createObjectNode();
        figures.put("method", config.method().key());
        figures.put("images", own.set().images().size(0));
        figures.put("learned_rate", own.set().rate().item_double());
        figures.put("best_after", own.best().iteration());
        figures.put("discarded", own.discarded());
        figures.put("floored", own.floored());
        if (!Double.isNaN(ofAll)) {
            figures.put("all_real_images", ofAll);
        }
        var table = figures.putArray("judged");
        for (JudgedSet one : judged) {
            ObjectNode row = table.addObject();
            row.put("images", one.way().key()).put("network", one.network()).put("rate", one.rate());
            row.put("accuracy", one.mean()).put("deviation", one.deviation());
            row.set("accuracies", Configs.JSON.valueToTree(one.accuracies()));
        }
        figures.set("looks", Configs.JSON.valueToTree(own.looks()));
        return figures;
    }
}
