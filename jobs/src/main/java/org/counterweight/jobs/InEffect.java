package org.counterweight.jobs;

import java.io.IOException;
import java.io.UncheckedIOException;
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
import org.counterweight.model.Precision;
import org.counterweight.weights.Staged;
import org.counterweight.weights.ledger.Ledger;
import tools.jackson.databind.node.ObjectNode;

/**
 * What happened in effect: a recipe with all that was found out for it in place of {@code auto} and nothing, and what it does not
 * say in comments: rows, classes, inputs, processor, libraries. {@code cw run} takes the file, whatever program the recipe is of.
 *
 * @param recipe as a tree, with every default written out
 * @param ledger of what went in
 * @param facts what was found out of rows and model, a line each
 */
public record InEffect(ObjectNode recipe, Ledger ledger, List<String> facts) {
    /** The file in a run's directory. */
    public static final String FILE = "effective.yaml";

    public InEffect {
        facts = List.copyOf(facts);
    }

    /**
     * The recipe of work that was done.
     *
     * @param tree with every default written out; is not changed
     * @param title of the page, where the recipe has none and is called by its file
     * @param device that the work was done on
     */
    public static InEffect of(ObjectNode tree, String title, Device device, Ledger ledger, List<String> facts) {
        ObjectNode recipe = tree.deepCopy();
        if (recipe.has("device")) {
            recipe.put("device", device.is_cuda() ? "cuda:" + device.index() : "cpu");
            recipe.put("threads", Engine.threads());
        }
        if (recipe.path("train") instanceof ObjectNode train
                && train.path("precision").isString()) {
            Precision asked = Configs.JSON.treeToValue(train.get("precision"), Precision.class);
            train.put("precision", asked.resolved(device).name().toLowerCase(Locale.ROOT));
        }
        if (recipe.path("output") instanceof ObjectNode output
                && output.path("title").isNull()) {
            output.put("title", title);
        }
        return new InEffect(recipe, ledger, facts);
    }

    /** The classes of a model by their numbers, as a fact. */
    public static String outputs(List<String> labels) {
        return "outputs, in this order: "
                + IntStream.range(0, labels.size())
                        .mapToObj(i -> i + " " + labels.get(i))
                        .collect(Collectors.joining(", "));
    }

    /** Writes {@link #FILE}, whole or not at all. */
    public void write(Path directory) {
        try (Staged staged = Staged.file(directory.resolve(FILE))) {
            Files.writeString(staged.path(), text());
            staged.commit();
        } catch (IOException e) {
            throw new UncheckedIOException(directory.resolve(FILE) + ": cannot be written: " + e.getMessage(), e);
        }
    }

    private String text() {
        return comments().stream()
                        .map(line -> "# " + line.replaceAll("\\R", " ") + "\n")
                        .collect(Collectors.joining())
                + Configs.yaml(recipe);
    }

    private List<String> comments() {
        var lines = new ArrayList<String>();
        lines.add("What was in effect; cw run with this file does the same again.");
        lines.add("made by " + ledger.madeBy() + ", with "
                + ledger.versions().entrySet().stream()
                        .sorted(Map.Entry.comparingByKey())
                        .map(entry -> entry.getKey() + " " + entry.getValue())
                        .collect(Collectors.joining(", ")));
        lines.add("processor: " + Engine.processor() + "; threads: " + Engine.threads() + "; products by "
                + Engine.productsLibrary());
        lines.addAll(facts);
        ledger.inputs().forEach(input -> lines.add("input " + input.name() + ", sha256 " + input.sha256()));
        return lines;
    }
}
