package org.counterweight.model.zoo;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.counterweight.config.ConfigException;
import org.counterweight.model.Model;
import org.counterweight.model.config.ConfigJson;
import org.counterweight.model.module.ModuleSpec;
import org.counterweight.model.zoo.family.Family;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** The models that {@code config.json} files describe: {@code model_type} there names the family, {@code architectures} the head. */
public final class Architectures {
    /**
     * What TensorFlow called the parts of a layer norm: BERT's first files, and many copies of them, still do; and the
     * names of a bias that masked language models share between two modules; and T5's table of words, where its head
     * is not stored beside it.
     */
    private static final Map<String, String> OLD_NAMES = Map.of(
            "LayerNorm.weight", "LayerNorm.gamma",
            "LayerNorm.bias", "LayerNorm.beta",
            "predictions.bias", "predictions.decoder.bias",
            "predictions.decoder.bias", "predictions.bias",
            "lm_head.bias", "lm_head.decoder.bias",
            "lm_head.decoder.bias", "lm_head.bias",
            "lm_head.weight", "shared.weight");

    private Architectures() {}

    /** The model types that are known. */
    public static List<String> known() {
        return Families.types();
    }

    /**
     * The model that a {@code config.json} describes.
     *
     * @throws ConfigException if its type or head is unknown, or a value is not allowed
     */
    public static Model of(ObjectNode config) {
        ConfigJson json = new ConfigJson(config);
        return Families.of(json).model(json);
    }

    /** The most tokens that a text may have, where the model has learned positions; else {@link Integer#MAX_VALUE}. */
    public static int positions(ObjectNode config) {
        ConfigJson json = new ConfigJson(config);
        Family family = Families.find(json);
        return family == null ? Integer.MAX_VALUE : family.positions().applyAsInt(json);
    }

    /**
     * Stored things fitted to a model's names: the base model's prefix is put before names or taken away, as Hugging Face
     * does between {@code BertModel} and {@code BertForSequenceClassification}.
     *
     * @param byName found: every name of the model that the store has
     * @param missing names of the model that the store has not, in order: a fresh head, or an incomplete file
     * @param unexpected names of the store that the model does not need, in order
     */
    public record Fitted<T>(Map<String, T> byName, List<String> missing, List<String> unexpected) {}

    /** Fits {@code stored}, tensors or headers by name, to the names of {@code model}. */
    public static <T> Fitted<T> fit(Model model, Map<String, T> stored) {
        var found = new LinkedHashMap<String, T>();
        var used = new HashSet<String>();
        Map<String, String> tied = tied(model);
        for (String name : model.shapes().keySet()) {
            for (String candidate : candidates(model, name, tied.get(name))) {
                T value = stored.get(candidate);
                if (value != null) {
                    found.put(name, value);
                    used.add(candidate);
                    break;
                }
            }
        }
        return new Fitted<>(
                found,
                model.shapes().keySet().stream()
                        .filter(name -> !found.containsKey(name))
                        .toList(),
                stored.keySet().stream().filter(name -> !used.contains(name)).toList());
    }

    /**
     * The module of a classifier that has a row for each class: the last linear one of its head.
     *
     * @throws IllegalArgumentException if the model has no head
     */
    public static String scores(Model model) {
        List<String> heads = model.modules().heads();
        return model.modules().linears().stream()
                .filter(module -> heads.stream().anyMatch(head -> (module + ".").startsWith(head + ".")))
                .reduce((earlier, later) -> later)
                .orElseThrow(() -> new IllegalArgumentException("the model has no head"));
    }

    /** The base model's prefix before the names of this model; empty where there is none. */
    public static String prefix(Model model) {
        String prefix = model.basePrefix();
        return model.shapes().keySet().stream().anyMatch(name -> name.startsWith(prefix)) ? prefix : "";
    }

    /** The weight of a head that is tied, by the name of the table's: files may have the one or the other. */
    private static Map<String, String> tied(Model model) {
        return model.modules().all().stream()
                .filter(spec -> spec.tiedTo() != null)
                .collect(Collectors.toMap(spec -> spec.tiedTo() + ".weight", ModuleSpec::weight, (one, other) -> one));
    }

    /**
     * The name itself, without its base model's prefix or with it; then the same of its old names, and of the head that is
     * tied to it.
     */
    private static List<String> candidates(Model model, String name, @Nullable String head) {
        var candidates = new ArrayList<>(prefixed(model.basePrefix(), name));
        OLD_NAMES.forEach((ending, old) -> {
            if (name.endsWith(ending)) {
                candidates.addAll(
                        prefixed(model.basePrefix(), name.substring(0, name.length() - ending.length()) + old));
            }
        });
        if (head != null) {
            candidates.addAll(prefixed(model.basePrefix(), head));
        }
        return candidates;
    }

    private static List<String> prefixed(String prefix, String name) {
        if (prefix.isEmpty()) {
            return List.of(name);
        }
        return List.of(name, name.startsWith(prefix) ? name.substring(prefix.length()) : prefix + name);
    }
}
