package org.counterweight.merge.mergekit;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.counterweight.config.ConfigException;
import org.counterweight.config.Configs;
import org.counterweight.config.Nearest;
import org.counterweight.merge.companion.ChatTemplates;
import org.counterweight.merge.mergekit.MergeRecipe.Slice;
import org.counterweight.merge.mergekit.MergeRecipe.Source;
import org.counterweight.weights.DType;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * One document of mergekit's YAML, read strictly.
 *
 * @param places where its models are looked for
 */
record RecipeGrammar(ModelPlaces places) {
    static final List<String> KEYS = List.of(
            "name",
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

    /** mergekit's word for the only module of a model. */
    private static final String ONLY = "default";

    MergeRecipe recipe(ObjectNode tree, String text) {
        refuseOtherPrograms(tree);
        for (String key : tree.propertyNames()) {
            if (!KEYS.contains(key)
                    && Nearest.to(key, KEYS) != null) { // others hold what aliases mean, as for mergekit
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
        List<Slice> slices = slices(tree);
        if (method.needsBase() && base == null && slices.stream().anyMatch(slice -> slice.base() == null)) {
            throw new ConfigException("base_model is missing; " + method.label() + " needs one");
        }
        return new MergeRecipe(
                name(tree.path("name")),
                method,
                slices,
                base,
                MergeSetting.map(tree.get("parameters"), "parameters"),
                dtype(tree, "dtype"),
                dtype(tree, "out_dtype"),
                TokenizerChoice.of(tree, places),
                chatTemplate(tree.get("chat_template")),
                text,
                tree);
    }

    /** Files that look like merges, and are for another program of mergekit's. */
    private static void refuseOtherPrograms(ObjectNode tree) {
        if (tree.has("genome")) {
            throw new ConfigException(
                    "genome: this is a search of mergekit-evolve, which tries many merges out on tasks, and no"
                            + " merge; give the configuration that it found, whose first key is merge_method or slices");
        }
        if (tree.has("experts")) {
            throw new ConfigException(
                    "experts: this is a mixture of mergekit-moe, which is made of a file of its own; take it"
                            + " out of the documents, and mix what the others give in a second call");
        }
    }

    private static @Nullable String name(JsonNode node) {
        if (node.isMissingNode() || node.isNull()) {
            return null;
        }
        if (!node.isString() || !node.asString().matches("[\\w.-]+")) {
            throw new ConfigException("name", node, "a word of letters, digits, dots and dashes");
        }
        return node.asString();
    }

    private List<Slice> slices(ObjectNode tree) {
        List<String> given = List.of("models", "slices", "modules").stream()
                .filter(tree::hasNonNull)
                .toList();
        if (given.size() != 1) {
            throw new ConfigException("expected exactly one of models, slices and modules, found "
                    + (given.isEmpty() ? "none" : String.join(" and ", given)));
        }
        if (!given.get(0).equals("modules")) {
            return slices(tree, "", MergeRecipe.ALL, List.of());
        }
        if (!(tree.get("modules") instanceof ObjectNode modules) || modules.isEmpty()) {
            throw new ConfigException("modules", tree.get("modules"), "modules by name, such as encoder");
        }
        var slices = new ArrayList<Slice>();
        for (var entry : modules.properties()) {
            String path = "modules." + entry.getKey();
            known(entry.getValue(), path, List.of("models", "slices", "parameters"));
            if (!(entry.getValue() instanceof ObjectNode module)
                    || module.hasNonNull("models") == module.hasNonNull("slices")) {
                throw new ConfigException(path + ": expected either models or slices in the module");
            }
            String name = entry.getKey().equals(ONLY) ? MergeRecipe.ALL : entry.getKey();
            slices.addAll(slices(
                    module,
                    path + ".",
                    name,
                    List.of(MergeSetting.map(module.get("parameters"), path + ".parameters"))));
        }
        return slices;
    }

    /** @param outer parameters of the module, if there is one */
    private List<Slice> slices(ObjectNode body, String path, String module, List<Map<String, MergeSetting>> outer) {
        if (body.hasNonNull("models")) {
            return List.of(new Slice(module, sources(body.get("models"), path + "models", false), null, outer));
        }
        JsonNode node = body.get("slices");
        if (!node.isArray() || node.isEmpty()) {
            throw new ConfigException(path + "slices", node, "a list of slices");
        }
        var slices = new ArrayList<Slice>();
        for (int i = 0; i < node.size(); i++) {
            String field = path + "slices[" + i + "]";
            JsonNode slice = node.get(i);
            known(slice, field, List.of("sources", "base_model", "parameters"));
            if (!slice.has("sources")) {
                throw new ConfigException(field + ".sources is missing");
            }
            var levels = new ArrayList<Map<String, MergeSetting>>();
            levels.add(MergeSetting.map(slice.get("parameters"), field + ".parameters"));
            levels.addAll(outer);
            slices.add(new Slice(
                    module,
                    sources(slice.get("sources"), field + ".sources", true),
                    slice.hasNonNull("base_model")
                            ? ModelReference.of(slice.get("base_model"), places, field + ".base_model")
                            : null,
                    levels));
        }
        return slices;
    }

    private List<Source> sources(JsonNode node, String path, boolean ranged) {
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
                Integer first = YamlScalar.whole(range.path(0));
                Integer end = YamlScalar.whole(range.path(1));
                if (range.size() != 2 || first == null || end == null || first < 0 || end < first) {
                    throw new ConfigException(
                            field + ".layer_range",
                            range.isMissingNode() ? null : range,
                            "[first, end] with end not included");
                }
                from = first;
                to = end;
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
        if (node == null || node.isNull()) {
            return null; // the donor's comes along with its tokenizer
        }
        if (!node.isString()) {
            throw new ConfigException("chat_template", node, "auto, a known name, or the text of a Jinja template");
        }
        ChatTemplates.check(node.asString());
        return node.asString();
    }
}
