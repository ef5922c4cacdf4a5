package org.counterweight.merge.tokens;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.counterweight.config.ConfigException;
import org.counterweight.config.Configs;
import org.counterweight.merge.block.BlockSource;
import org.counterweight.merge.companion.JsonFile;
import org.counterweight.merge.mergekit.MergeRecipe;
import org.counterweight.merge.mergekit.ModelReference;
import org.counterweight.merge.mergekit.TokenizerChoice;
import org.counterweight.merge.source.ModelLayout;
import org.counterweight.merge.source.OpenModels;
import org.counterweight.merge.tensor.ModelTensor;
import org.counterweight.weights.WeightsException;
import tools.jackson.databind.node.ObjectNode;

/**
 * The vocabularies of all models and the one of the output, where a recipe chooses one.
 *
 * @param order the models, the donor first
 * @param all their vocabularies, in that order
 * @param source the one whose tokenizer the output gets
 * @param output a row for each token
 * @param rows where each row of the output comes from
 */
public record Vocabularies(
        List<ModelLayout> order,
        List<Vocabulary> all,
        Vocabulary source,
        Map<String, Integer> output,
        EmbeddingRows rows) {

    /**
     * @param notes is told of tokens that are new, or that no model has
     * @throws ConfigException if the choice names models or tokens that there are not
     */
    public static Vocabularies of(
            TokenizerChoice choice, MergeRecipe recipe, OpenModels models, Consumer<String> notes) {
        ModelLayout donor = models.get(recipe.donor());
        var order = new ArrayList<>(models.all());
        order.remove(donor);
        order.add(0, donor);
        order.forEach(Vocabularies::checkRows);
        List<Vocabulary> all = order.stream().map(Vocabulary::of).toList();
        ModelReference named = choice.model();
        Vocabulary source = named == null
                ? all.get(0)
                : models.contains(named) ? all.get(index(order, named)) : Vocabulary.of(named.path());
        var output = new LinkedHashMap<>(choice.union() ? Vocabulary.union(all) : source.rows());
        int next = Vocabulary.next(output);
        var wanted = new LinkedHashMap<String, EmbeddingRows.Wanted>();
        for (var token : choice.tokens().entrySet()) {
            if (output.putIfAbsent(token.getKey(), next) == null) {
                notes.accept("\"" + token.getKey() + "\" is a new token: row " + next++ + " of the output");
            }
            wanted.put(token.getKey(), wanted(token.getKey(), token.getValue(), order, all));
        }
        var rows = new EmbeddingRows(
                output,
                all.stream().map(Vocabulary::rows).toList(),
                recipe.base() == null ? -1 : index(order, recipe.base()),
                wanted,
                choice.padToMultipleOf());
        rows.orphans().forEach(orphan -> notes.accept("no model has the token \"" + orphan + "\": its row is zero"));
        return new Vocabularies(order, all, source, output, rows);
    }

    /** Rows that are not known to be tokens would be merged in the order in which they happen to stand. */
    private static void checkRows(ModelLayout model) {
        if (model.embeddingRows() < 0) {
            throw new WeightsException(
                    model.directory().path(),
                    "has no embedding of tokens under a known name, so that rows cannot be found by token; leave"
                            + " tokenizer_source and tokenizer out if all models share one vocabulary");
        }
    }

    private static int index(List<ModelLayout> order, ModelReference model) {
        return order.stream().map(ModelLayout::reference).toList().indexOf(model);
    }

    private static EmbeddingRows.Wanted wanted(
            String token, TokenizerChoice.TokenSource source, List<ModelLayout> order, List<Vocabulary> all) {
        if (source.model() == null) {
            return new EmbeddingRows.Wanted(-1, -1, source.force());
        }
        int model = index(order, source.model());
        if (model < 0) {
            throw new ConfigException(
                    "tokenizer.tokens." + token + ": " + source.model().text() + " is none of the merged models");
        }
        if (source.id() >= 0) {
            long rows = order.get(model).embeddingRows();
            if (source.id() >= rows) {
                throw new ConfigException(
                        "tokenizer.tokens." + token + ".source.token_id",
                        source.id(),
                        "a row of " + source.model().text() + ", 0 to " + (rows - 1));
            }
            return new EmbeddingRows.Wanted(model, source.id(), source.force());
        }
        String there = source.token() == null ? token : source.token();
        Integer row = all.get(model).rows().get(there);
        if (row == null) {
            throw new ConfigException(
                    "tokenizer.tokens." + token + ": " + source.model().text() + " has no token \"" + there + "\"");
        }
        return new EmbeddingRows.Wanted(model, row, source.force());
    }

    /**
     * Writes the output's tokenizer.
     *
     * @param notes is told what is left out
     */
    public void write(Path directory, Consumer<String> notes) throws IOException {
        new OutputTokenizer(source, all, output).write(directory, notes);
    }

    /**
     * Changes the ids of tokens in a config of the donor's to those of the output.
     *
     * @param file by which the source has its own such config
     * @param notes is told of roles that no token has any more
     */
    public void moveIds(ObjectNode config, String file, Consumer<String> notes) {
        boolean isDonors = source.equals(all.get(0)); // whose own ids are those that are moved
        ObjectNode own = isDonors
                ? Configs.JSON.createObjectNode()
                : JsonFile.read(source.directory().resolve(file));
        TokenIds.of(all.get(0), output, own).change(config, notes);
    }

    /** A tensor of words of {@code model} in the rows of the output. */
    public Supplier<BlockSource> permuted(ModelReference model, String name, long width) {
        var matrices = new ArrayList<Supplier<BlockSource>>();
        for (ModelLayout layout : order) {
            ModelTensor tensor = layout.find(name);
            if (tensor == null) {
                throw new WeightsException(layout.directory().path(), "has no " + name);
            }
            matrices.add(() -> tensor.open(tensor.info().dtype()));
        }
        return rows.source(index(order, model), matrices, Math.toIntExact(width));
    }
}
