package org.counterweight.merge.stream;

import java.util.List;
import java.util.stream.Collectors;
import org.counterweight.config.Configs;
import org.counterweight.merge.source.ModelLayout;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The README.md of a merged model: what a hub shows of it, what it was made from, and the recipe. */
record ModelCard(MergePlan plan) {
    String text() {
        var text = new StringBuilder("---\n" + Configs.yaml(frontMatter()).stripTrailing()
                + "\n---\n\n# A merged model\n\n" + "Made by Counterweight with the method `"
                + plan.recipe().method().label() + "` from:\n\n");
        for (ModelLayout model : plan.models()) {
            text.append("- `").append(model.reference().text()).append('`');
            if (model.reference().equals(plan.recipe().base())) {
                text.append(" (base)");
            }
            text.append('\n');
        }
        return text.append("\nThe recipe:\n\n```yaml\n")
                .append(plan.recipe().text().stripTrailing())
                .append("\n```\n")
                .toString();
    }

    /** Names of a hub alone: a path of this machine tells nobody anything. */
    private ObjectNode frontMatter() {
        ObjectNode matter = Configs.JSON.createObjectNode();
        List<String> bases = plan.models().stream()
                .map(model -> model.reference().text())
                .filter(text -> text.matches("[\\w-][\\w.-]*/[\\w.-]+"))
                .collect(Collectors.toList());
        if (!bases.isEmpty()) {
            ArrayNode list = matter.putArray("base_model");
            bases.forEach(list::add);
        }
        matter.put("library_name", "transformers");
        matter.putArray("tags").add("mergekit").add("merge").add("counterweight");
        return matter;
    }
}
