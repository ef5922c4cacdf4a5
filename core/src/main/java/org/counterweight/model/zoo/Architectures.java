package org.counterweight.model.zoo;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.counterweight.config.ConfigException;
import org.counterweight.model.Model;
import org.counterweight.model.config.Classes;
import org.counterweight.model.config.ConfigJson;
import org.counterweight.model.part.Head;
import org.counterweight.model.part.Pooling;
import org.counterweight.model.zoo.family.Family;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** The models that {@code config.json} files describe: {@code model_type} there names the family, {@code architectures} the head. */
public final class Architectures {
    /** What the classes of our own models of images and numbers are called, before the head's name. */
    private static final Map<String, String> PLAIN =
            Map.of("mlp", "Mlp", "convnet", "ConvNet", "resnet", Family.OWN + "ResNet");

    /** The same of graphs. */
    private static final Map<String, String> OF_NODES = Map.of("gcn", "Gcn", "graphsage", "GraphSage", "gin", "Gin");

    /**
     * What TensorFlow called the parts of a layer norm: BERT's first files, and many copies of them, still do; and the
     * second name of a bias that masked language models share between two modules; and T5's table of words, where its head
     * is not stored beside it.
     */
    private static final Map<String, String> OLD_NAMES = Map.of(
            "LayerNorm.weight", "LayerNorm.gamma",
            "LayerNorm.bias", "LayerNorm.beta",
            "predictions.bias", "predictions.decoder.bias",
            "lm_head.bias", "lm_head.decoder.bias",
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

    /** Whether {@link #classifier} knows a head for models of that type. */
    public static boolean haveClassifier(ObjectNode config) {
        Family family = Families.find(new ConfigJson(config));
        return family != null && tellsTexts(family);
    }

    private static boolean tellsTexts(Family family) {
        boolean isText = family.kind() == Family.Kind.ENCODER || family.kind() == Family.Kind.DECODER;
        return isText && family.className(Head.CLASSIFIER) != null; // T5's classifier asks texts for an end token
    }

    /** Whether models of that type read {@code pixel_values}. */
    public static boolean readImages(ObjectNode config) {
        Family family = Families.find(new ConfigJson(config));
        return family != null && family.kind().isOfImages();
    }

    /**
     * What a classifier gives where that is not one class a text, as {@code problem_type} or a single score says; null where
     * it is.
     */
    public static @Nullable String otherThanClasses(ObjectNode config) {
        ConfigJson json = new ConfigJson(config);
        String problem = json.text("problem_type", "");
        if (problem.equals("multi_label_classification")) {
            return "problem_type: " + problem + " (any number of classes a text)";
        }
        if (problem.equals("regression")) {
            return "problem_type: " + problem + " (scores, no classes)";
        }
        return json.architecture().endsWith("ForSequenceClassification") && json.classes() == 1
                ? "num_labels: 1 (a score, no classes)"
                : null;
    }

    /**
     * The config of the same encoder or decoder with a classification head, to be read by {@link #of} and saved beside the
     * weights.
     *
     * @param pooling how a BERT sees the whole text; null leaves it as the config has it, by the pooler if it says nothing.
     *     Decoders take the last token's state
     */
    public static ObjectNode classifier(ObjectNode config, List<String> labels, @Nullable Pooling pooling) {
        if (labels.isEmpty()) {
            throw new ConfigException("labels: a classifier needs at least one class");
        }
        Family family = Families.find(new ConfigJson(config));
        String architecture = family == null || !tellsTexts(family) ? null : family.className(Head.CLASSIFIER);
        if (family == null || architecture == null) {
            throw new ConfigException(
                    "model_type",
                    new ConfigJson(config).text("model_type", ""),
                    "a text model: " + Families.types(Architectures::tellsTexts));
        }
        ObjectNode changed = Classes.named(config, labels);
        changed.putArray("architectures").add(architecture);
        if (family.kind() == Family.Kind.ENCODER && pooling == Pooling.MEAN) {
            changed.put("pooling", "mean");
        } else if (pooling == Pooling.POOLER) {
            changed.remove("pooling"); // the architecture's own is not written down
        }
        return changed;
    }

    /**
     * The config of the same model of images or numbers with a head for these labels. Its class is a name of ours, since
     * transformers has none of these architectures.
     *
     * @param head what stands behind {@code For} in the name of the class: {@code ImageClassification}
     */
    public static ObjectNode plain(ObjectNode config, String head, List<String> labels) {
        return named(config, PLAIN, "a model of images or numbers", head, labels);
    }

    /**
     * The config of the same graph network with a head for these classes of nodes, which is named as ours are.
     *
     * @param head as for {@link #plain}
     */
    public static ObjectNode ofNodes(ObjectNode config, String head, List<String> labels) {
        return named(config, OF_NODES, "a model of nodes", head, labels);
    }

    private static ObjectNode named(
            ObjectNode config, Map<String, String> names, String what, String head, List<String> labels) {
        String type = new ConfigJson(config).text("model_type", "");
        String name = names.get(type);
        if (name == null) {
            throw new ConfigException(
                    "model_type", type, what + ": " + String.join(", ", new TreeSet<>(names.keySet())));
        }
        ObjectNode changed = Classes.named(config, labels);
        changed.putArray("architectures").add(name + "For" + head);
        return changed;
    }

    /**
     * The config of the same image model with a classification head, to be read by {@link #of} and saved beside the weights.
     *
     * @throws ConfigException if it reads no images
     */
    public static ObjectNode imageClassifier(ObjectNode config, List<String> labels) {
        if (labels.isEmpty()) {
            throw new ConfigException("labels: a classifier needs at least one class");
        }
        Family family = Families.find(new ConfigJson(config));
        if (family == null || !tellsImages(family)) {
            throw new ConfigException(
                    "model_type",
                    new ConfigJson(config).text("model_type", ""),
                    "an image model: " + Families.types(Architectures::tellsImages));
        }
        ObjectNode changed = Classes.named(config, labels);
        String architecture = family.className(Head.CLASSIFIER);
        boolean isOwn = new ConfigJson(config).architecture().isEmpty() && family.own() != null;
        if (architecture != null && !isOwn) {
            changed.putArray("architectures").add(architecture);
        }
        return changed;
    }

    private static boolean tellsImages(Family family) {
        return family.kind().isOfImages() && (family.own() != null || family.className(Head.CLASSIFIER) != null);
    }

    /**
     * The config of the same encoder or decoder with a head that predicts words.
     *
     * @param causal each word from those before it, as a decoder does; else masked words from those around them
     * @throws ConfigException if that architecture predicts in the other way
     */
    public static ObjectNode languageModel(ObjectNode config, boolean causal) {
        Family family = Families.find(new ConfigJson(config));
        Family.Kind kind = causal ? Family.Kind.DECODER : Family.Kind.ENCODER;
        String architecture = family == null || family.kind() != kind ? null : family.className(Head.LANGUAGE);
        if (architecture == null) {
            String known = Families.types(other -> other.className(Head.LANGUAGE) != null && other.kind() == kind);
            throw new ConfigException(
                    "model_type",
                    new ConfigJson(config).text("model_type", ""),
                    causal
                            ? "a decoder (" + known + "); an encoder learns hidden words (masked_lm)"
                            : "an encoder (" + known + "); a decoder learns the next word (causal_lm)");
        }
        ObjectNode changed = config.deepCopy();
        changed.putArray("architectures").add(architecture);
        return changed;
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
        for (String name : model.shapes().keySet()) {
            for (String candidate : candidates(model, name)) {
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

    /** The name itself, without its base model's prefix or with it; then the same of its old names. */
    private static List<String> candidates(Model model, String name) {
        var candidates = new ArrayList<>(prefixed(model.basePrefix(), name));
        OLD_NAMES.forEach((ending, old) -> {
            if (name.endsWith(ending)) {
                candidates.addAll(
                        prefixed(model.basePrefix(), name.substring(0, name.length() - ending.length()) + old));
            }
        });
        return candidates;
    }

    private static List<String> prefixed(String prefix, String name) {
        if (prefix.isEmpty()) {
            return List.of(name);
        }
        return List.of(name, name.startsWith(prefix) ? name.substring(prefix.length()) : prefix + name);
    }
}
