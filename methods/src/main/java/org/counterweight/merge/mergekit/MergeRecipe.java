package org.counterweight.merge.mergekit;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.counterweight.config.ConfigException;
import org.counterweight.config.Configs;
import org.counterweight.merge.stream.MergePlan;
import org.counterweight.weights.DType;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * What to merge and how: mergekit's YAML, read strictly. Nothing is opened yet; {@link MergePlan} does that.
 *
 * @param name by which other documents of the file mean its result; null if it has none
 * @param slices the output's layers, in order; {@code models} is short for one slice with all layers
 * @param base the anchor of methods that have one, and the donor of config and tokenizer
 * @param dtype to which every input is cast first; null for as stored
 * @param outDtype to which results are rounded; null for {@code dtype}, or else as stored
 * @param tokenizer how vocabularies are united; null for leaving the embeddings alone
 * @param chatTemplate a Jinja text to write, a name of one, or {@code auto}; null for the donor's
 * @param text the file as it was
 * @param tree the file as read
 */
public record MergeRecipe(
        @Nullable String name,
        MergeMethod method,
        List<Slice> slices,
        @Nullable ModelReference base,
        Map<String, MergeSetting> parameters,
        @Nullable DType dtype,
        @Nullable DType outDtype,
        @Nullable TokenizerChoice tokenizer,
        @Nullable String chatTemplate,
        String text,
        ObjectNode tree) {
    /** The module of slices that cut everything. */
    public static final String ALL = "";

    /**
     * Some layers of the output.
     *
     * @param module the part of the model that it cuts, by a part of its tensors' names; {@link #ALL} for everything
     * @param base where it differs from the recipe's
     * @param levels parameters of the slice, then those of the module: the nearer are asked first
     */
    public record Slice(
            String module,
            List<Source> sources,
            @Nullable ModelReference base,
            List<Map<String, MergeSetting>> levels) {
        /** The same of other models. */
        public Slice withSources(List<Source> others) {
            return new Slice(module, others, base, levels);
        }
    }

    /**
     * One model's part in a slice: layers {@code from} to {@code to} − 1, or all if {@code to} is −1.
     *
     * @param field its place in the user's file, for messages
     */
    public record Source(ModelReference model, int from, int to, Map<String, MergeSetting> parameters, String field) {}

    /**
     * Reads a YAML file; relative paths in it are relative to the working directory, as mergekit has it.
     *
     * @throws ConfigException naming the key, the value and what is allowed
     */
    public static MergeRecipe read(Path file) throws IOException {
        return read(file, Path.of(""));
    }

    /** The same with relative paths resolved against {@code root}. */
    public static MergeRecipe read(Path file, Path root) throws IOException {
        return read(file, ModelPlaces.below(root));
    }

    /** The same with models looked for in {@code places}. */
    public static MergeRecipe read(Path file, ModelPlaces places) throws IOException {
        return parse(Configs.text(file), places, file.toString());
    }

    /** The keys of the file that mean nothing here. */
    public List<String> idleKeys() {
        return tree.propertyNames().stream()
                .filter(key -> !RecipeGrammar.KEYS.contains(key))
                .toList();
    }

    /** Whether all layers of its models are taken. */
    public boolean wholeModels() {
        return slices.size() == 1 && slices.get(0).sources().stream().allMatch(source -> source.to() < 0);
    }

    /** Parses YAML, relative paths resolved against {@code root}; {@code origin} stands in messages. */
    public static MergeRecipe parse(String text, Path root, String origin) {
        return parse(text, ModelPlaces.below(root), origin);
    }

    static MergeRecipe parse(String text, ModelPlaces places, String origin) {
        int documents = RecipeDocuments.cut(text).size();
        if (documents > 1) {
            throw new ConfigException(
                    origin + ": has " + documents + " documents, as mergekit-multi reads them; cw merge makes"
                            + " them all, and a program reads them by RecipeDocuments");
        }
        return new RecipeGrammar(places).recipe(Configs.yaml(text, origin), text);
    }

    /** The names of the merge methods, and of the parameters that each reads. */
    public static Map<String, List<String>> methods() {
        var methods = new LinkedHashMap<String, List<String>>();
        MergeMethod.all().forEach(each -> methods.put(each.label(), each.parameters()));
        return methods;
    }

    /** All models, each once, in the order in which they are named; the base last unless it is named before. */
    public List<ModelReference> models() {
        var models = new ArrayList<ModelReference>();
        for (Slice slice : slices) {
            for (Source source : slice.sources()) {
                if (!models.contains(source.model())) {
                    models.add(source.model());
                }
            }
        }
        if (base != null && !models.contains(base)) {
            models.add(base);
        }
        for (Slice slice : slices) {
            if (slice.base() != null && !models.contains(slice.base())) {
                models.add(slice.base());
            }
        }
        return models;
    }

    /** The same with these of its models only; what it was made from says which. */
    public MergeRecipe keeping(List<ModelReference> kept) {
        List<Slice> fewer = slices.stream()
                .map(slice -> slice.withSources(slice.sources().stream()
                        .filter(source -> kept.contains(source.model()))
                        .toList()))
                .toList();
        ObjectNode said = tree.deepCopy();
        said.set(
                "kept",
                Configs.JSON.valueToTree(kept.stream().map(ModelReference::text).toList()));
        return new MergeRecipe(
                name, method, fewer, base, parameters, dtype, outDtype, tokenizer, chatTemplate, text, said);
    }

    /** Whose config and tokenizer the output gets. */
    public ModelReference donor() {
        return base != null ? base : slices.get(0).sources().get(0).model();
    }
}
