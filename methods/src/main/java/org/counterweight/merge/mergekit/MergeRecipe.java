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
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What to merge and how: mergekit's YAML, read strictly. Nothing is opened yet; {@link MergePlan} does that.
 *
 * @param slices the output's layers, in order; {@code models} is short for one slice with all layers
 * @param wholeModels whether the file said {@code models}
 * @param base the anchor of methods that have one, and the donor of config and tokenizer
 * @param dtype to which every input is cast first; null for as stored
 * @param outDtype to which results are rounded; null for {@code dtype}, or else as stored
 * @param tokenizer how vocabularies are united; null for leaving the embeddings alone
 * @param chatTemplate a Jinja text to write; null for the donor's
 * @param text the file as it was
 * @param tree the file as read
 */
public record MergeRecipe(
        MergeMethod method,
        List<Slice> slices,
        boolean wholeModels,
        @Nullable ModelReference base,
        Map<String, MergeSetting> parameters,
        @Nullable DType dtype,
        @Nullable DType outDtype,
        @Nullable TokenizerChoice tokenizer,
        @Nullable String chatTemplate,
        String text,
        ObjectNode tree) {
    private static final List<String> KEYS = List.of(
            "merge_method",
            "models",
            "slices",
            "modules",
            "base_model",
            "parameters",
            "dtype",
            "out_dtype",
            "tokenizer_source",
            "tokenizer",
            "chat_template");

    /**
     * Some layers of the output.
     *
     * @param base where it differs from the recipe's
     * @param levels parameters of the slice, then those of the module: the nearer are asked first
     */
    public record Slice(List<Source> sources, @Nullable ModelReference base, List<Map<String, MergeSetting>> levels) {}

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

    /** Parses YAML, relative paths resolved against {@code root}; {@code origin} stands in messages. */
    public static MergeRecipe parse(String text, Path root, String origin) {
        return parse(text, ModelPlaces.below(root), origin);
    }

    private static MergeRecipe parse(String text, ModelPlaces places, String origin) {
        ObjectNode tree = Configs.yaml(text, origin);
        for (String key : tree.propertyNames()) {
            if (!KEYS.contains(key)) {
                throw new ConfigException(Configs.unknown(key, key, KEYS));
            }
        }
        if (!tree.hasNonNull("merge_method")) {
            throw new ConfigException("merge_method is missing; name one, such as linear or slerp");
        }
        if (!tree.path("merge_method").isString()) {
            throw new ConfigException("merge_method", tree.get("merge_method"), "a name, such as linear or slerp");
        }
        MergeMethod method = MergeMethod.named(tree.path("merge_method").asString());
        ModelReference base =
                tree.hasNonNull("base_model") ? ModelReference.of(tree.get("base_model"), places, "base_model") : null;
        ObjectNode body = body(tree);
        Map<String, MergeSetting> moduleParameters =
                body == tree ? Map.of() : MergeSetting.map(body.get("parameters"), "modules.parameters");
        boolean whole = body.hasNonNull("models");
        List<Slice> slices = whole
                ? List.of(new Slice(
                        sources(body.get("models"), places, "models", false), null, List.of(moduleParameters)))
                : slices(body.get("slices"), places, moduleParameters);
        if (method.needsBase() && base == null && slices.stream().anyMatch(slice -> slice.base() == null)) {
            throw new ConfigException("base_model is missing; " + method.label() + " needs one");
        }
        return new MergeRecipe(
                method,
                slices,
                whole,
                base,
                MergeSetting.map(tree.get("parameters"), "parameters"),
                dtype(tree, "dtype"),
                dtype(tree, "out_dtype"),
                TokenizerChoice.of(tree, places),
                chatTemplate(tree.get("chat_template")),
                text,
                tree);
    }

    private static ObjectNode body(ObjectNode tree) {
        List<String> given = List.of("models", "slices", "modules").stream()
                .filter(tree::hasNonNull)
                .toList();
        if (given.size() != 1) {
            throw new ConfigException("expected exactly one of models, slices and modules, found "
                    + (given.isEmpty() ? "none" : String.join(" and ", given)));
        }
        if (!given.get(0).equals("modules")) {
            return tree;
        }
        if (!(tree.get("modules") instanceof ObjectNode modules) || modules.size() != 1) {
            throw new ConfigException("modules: expected one module; models of several modules are merged whole"
                    + " (models), every stack of layers by its own length");
        }
        var entry = modules.properties().iterator().next();
        known(entry.getValue(), "modules." + entry.getKey(), List.of("models", "slices", "parameters"));
        if (!(entry.getValue() instanceof ObjectNode module)
                || module.hasNonNull("models") == module.hasNonNull("slices")) {
            throw new ConfigException("modules: expected either models or slices in the module");
        }
        return module;
    }

    private static List<Slice> slices(JsonNode node, ModelPlaces places, Map<String, MergeSetting> module) {
        if (!node.isArray() || node.isEmpty()) {
            throw new ConfigException("slices", node, "a list of slices");
        }
        var slices = new ArrayList<Slice>();
        for (int i = 0; i < node.size(); i++) {
            String path = "slices[" + i + "]";
            JsonNode slice = node.get(i);
            known(slice, path, List.of("sources", "base_model", "parameters"));
            if (!slice.has("sources")) {
                throw new ConfigException(path + ".sources is missing");
            }
            slices.add(new Slice(
                    sources(slice.get("sources"), places, path + ".sources", true),
                    slice.hasNonNull("base_model")
                            ? ModelReference.of(slice.get("base_model"), places, path + ".base_model")
                            : null,
                    List.of(MergeSetting.map(slice.get("parameters"), path + ".parameters"), module)));
        }
        return slices;
    }

    private static List<Source> sources(JsonNode node, ModelPlaces places, String path, boolean ranged) {
        if (!node.isArray() || node.isEmpty()) {
            throw new ConfigException(path, node, "a list of models");
        }
        var sources = new ArrayList<Source>();
        for (int i = 0; i < node.size(); i++) {
            String field = path + "[" + i + "]";
            JsonNode source = node.get(i);
            known(
                    source,
                    field,
                    ranged ? List.of("model", "layer_range", "parameters") : List.of("model", "parameters"));
            if (!source.hasNonNull("model")) {
                throw new ConfigException(field + ".model is missing");
            }
            int from = 0;
            int to = -1;
            if (ranged) {
                JsonNode range = source.path("layer_range");
                if (range.size() != 2
                        || !range.get(0).isInt()
                        || !range.get(1).isInt()
                        || range.get(0).asInt() < 0
                        || range.get(1).asInt() < range.get(0).asInt()) {
                    throw new ConfigException(
                            field + ".layer_range",
                            range.isMissingNode() ? null : range,
                            "[first, end] with end not included");
                }
                from = range.get(0).asInt();
                to = range.get(1).asInt();
            }
            sources.add(new Source(
                    ModelReference.of(source.get("model"), places, field + ".model"),
                    from,
                    to,
                    MergeSetting.map(source.get("parameters"), field + ".parameters"),
                    field));
        }
        return sources;
    }

    private static void known(JsonNode node, String path, List<String> keys) {
        if (!(node instanceof ObjectNode object)) {
            throw new ConfigException(path, node, "keys and values: " + String.join(", ", keys));
        }
        for (String key : object.propertyNames()) {
            if (!keys.contains(key)) {
                throw new ConfigException(Configs.unknown(path + "." + key, key, keys));
            }
        }
    }

    private static @Nullable DType dtype(ObjectNode tree, String key) {
        if (!tree.hasNonNull(key)) {
            return null;
        }
        JsonNode given = tree.path(key);
        String name = given.asString("").replaceFirst("^torch\\.", "");
        return switch (name) {
            case "float32", "fp32", "float" -> DType.F32;
            case "float16", "fp16", "half" -> DType.F16;
            case "bfloat16", "bf16" -> DType.BF16;
            case "float64", "double" -> DType.F64;
            default -> throw new ConfigException(key, given, "float32, float16 or bfloat16");
        };
    }

    private static @Nullable String chatTemplate(@Nullable JsonNode node) {
        if (node == null || node.isNull() || node.asString("").equals("auto")) {
            return null; // the donor's comes along with its tokenizer
        }
        String text = node.asString("");
        if (!text.contains("{")) {
            throw new ConfigException("chat_template", node, "auto, or the text of a Jinja template");
        }
        return text;
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
                .map(slice -> new Slice(
                        slice.sources().stream()
                                .filter(source -> kept.contains(source.model()))
                                .toList(),
                        slice.base(),
                        slice.levels()))
                .toList();
        ObjectNode said = tree.deepCopy();
        said.set(
                "kept",
                Configs.JSON.valueToTree(kept.stream().map(ModelReference::text).toList()));
        return new MergeRecipe(
                method, fewer, wholeModels, base, parameters, dtype, outDtype, tokenizer, chatTemplate, text, said);
    }

    /** Whose config and tokenizer the output gets. */
    public ModelReference donor() {
        return base != null ? base : slices.get(0).sources().get(0).model();
    }
}
