package org.counterweight.merge.tokens;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.counterweight.config.ConfigException;
import org.counterweight.merge.block.BlockSource;
import org.counterweight.merge.mergekit.MergeRecipe;
import org.counterweight.merge.mergekit.ModelReference;
import org.counterweight.merge.mergekit.TokenizerChoice;
import org.counterweight.merge.source.ModelLayout;
import org.counterweight.merge.source.OpenModels;
import org.counterweight.merge.source.StoredElements;
import org.counterweight.weights.TensorInfo;
import org.counterweight.weights.WeightsException;

/**
 * The vocabularies of all models and the one of the output, where a recipe chooses one.
 *
 * @param order the models, the donor first
 * @param all their vocabularies, in that order
 * @param output a row for each token
 * @param rows where each row of the output comes from
 */
public record Vocabularies(
        List<ModelLayout> order, List<Vocabulary> all, Map<String, Integer> output, EmbeddingRows rows) {

    /** @throws ConfigException if the choice names models or tokens that there are not */
    public static Vocabularies of(TokenizerChoice choice, MergeRecipe recipe, OpenModels models) {
        ModelLayout donor = models.get(recipe.donor());
        var order = new ArrayList<>(models.all());
        order.remove(donor);
        order.add(0, donor);
        List<Vocabulary> all = order.stream().map(Vocabulary::of).toList();
        Map<String, Integer> output = choice.union()
                ? Vocabulary.union(all)
                : choice.model() == null
                        ? all.get(0).rows()
                        : models.contains(choice.model())
                                ? all.get(index(order, choice.model())).rows()
                                : Vocabulary.of(choice.model().path()).rows();
        var wanted = new LinkedHashMap<String, EmbeddingRows.Wanted>();
        choice.tokens().forEach((token, source) -> {
            if (!output.containsKey(token)) {
                throw new ConfigException("tokenizer.tokens: \"" + token + "\" is no token of the output");
            }
            wanted.put(token, wanted(token, source, order, all));
        });
        return new Vocabularies(
                order,
                all,
                output,
                new EmbeddingRows(
                        output,
                        all.stream().map(Vocabulary::rows).toList(),
                        recipe.base() == null ? -1 : index(order, recipe.base()),
                        wanted,
                        choice.padToMultipleOf()));
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

    /** The donor's {@code tokenizer.json} with those tokens of the output added that it lacks. */
    public String united() {
        return Vocabulary.extended(order.get(0).directory().path(), all, output);
    }

    /** The embedding or head {@code name} of {@code model} in the rows of the output. */
    public Supplier<BlockSource> permuted(ModelReference model, String name, long width) {
        var matrices = new ArrayList<Supplier<BlockSource>>();
        for (ModelLayout layout : order) {
            TensorInfo info = layout.find(name);
            if (info == null) {
                throw new WeightsException(layout.directory().path(), "has no " + name);
            }
            matrices.add(() -> new StoredElements(layout.directory(), info, info.dtype()));
        }
        return rows.source(index(order, model), matrices, Math.toIntExact(width));
    }
}
