package org.counterweight.jobs.train;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Device;
import org.counterweight.config.Configs;
import org.counterweight.engine.Engine;
import org.counterweight.jobs.data.Prepared;
import org.counterweight.jobs.model.BaseModel;
import org.counterweight.jobs.recipe.Recipe;
import org.counterweight.weights.Staged;
import org.counterweight.weights.ledger.Ledger;
import tools.jackson.databind.node.ObjectNode;

/**
 * What happened in effect: the recipe with all that was found out for it in place of {@code auto} and nothing, and what it does
 * not say in comments: classes, rows, what became of them, inputs, processor, libraries. {@code cw run} takes the file.
 */
record InEffect(Recipe recipe, BaseModel base, Prepared rows, Ledger ledger, Device device) {
    /** Writes it, whole or not at all. */
    void write(Path file) throws IOException {
        try (Staged staged = Staged.file(file)) {
            Files.writeString(
                    staged.path(),
                    comments().stream()
                                    .map(line -> "# " + line.replaceAll("\\R", " ") + "\n")
                                    .collect(Collectors.joining())
                            + Configs.yaml(tree()));
            staged.commit();
        }
    }

    private ObjectNode tree() {
        ObjectNode tree = recipe.tree().deepCopy();
        tree.put("device", device.is_cuda() ? "cuda:" + device.index() : "cpu");
        tree.put("threads", Engine.threads());
        ((ObjectNode) tree.path("train"))
                .put(
                        "precision",
                        recipe.train().precision().resolved(device).name().toLowerCase(Locale.ROOT));
        return tree;
    }

    private List<String> comments() {
        var lines = new ArrayList<String>();
        lines.add("What was in effect; cw run with this file does the same again.");
        lines.add("made by " + ledger.madeBy() + ", with "
                + ledger.versions().entrySet().stream()
                        .sorted(Map.Entry.comparingByKey())
                        .map(entry -> entry.getKey() + " " + entry.getValue())
                        .collect(Collectors.joining(", ")));
        lines.add("processor: " + Engine.processor() + "; " + "products by " + Engine.productsLibrary());
        lines.add("rows: " + rows.sizes());
        if (!rows.labels().isEmpty()) {
            lines.add("outputs, in this order: "
                    + IntStream.range(0, rows.labels().size())
                            .mapToObj(i -> i + " " + rows.labels().get(i))
                            .collect(Collectors.joining(", ")));
        }
        rows.beside().forEach((name, json) -> lines.add("rows became what the model sees by " + name + ": " + json));
        base.companions().forEach(file -> lines.add("read with " + file.getFileName()));
        ledger.inputs().forEach(input -> lines.add("input " + input.name() + ", sha256 " + input.sha256()));
        return lines;
    }
}
