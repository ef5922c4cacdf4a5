package org.counterweight.model.zoo;

import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.counterweight.config.ConfigException;
import org.counterweight.model.config.Classes;
import org.counterweight.model.config.ConfigJson;
import org.counterweight.model.part.Head;
import org.counterweight.model.part.Pooling;
import org.counterweight.model.zoo.family.Family;
import org.counterweight.model.zoo.pair.Clips;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * The {@code config.json} of a model with another head than it has: to be read by {@link Architectures#of} and saved beside
 * the weights.
 */
public final class Heads {
    /** What the classes of our own models of images and numbers are called, before the head's name. */
    private static final Map<String, String> PLAIN =
            Map.of("mlp", "Mlp", "convnet", "ConvNet", "resnet", Family.OWN + "ResNet");

    /** The same of graphs. */
    private static final Map<String, String> OF_NODES = Map.of("gcn", "Gcn", "graphsage", "GraphSage", "gin", "Gin");

    /** The same of networks that tell noise. */
    private static final Map<String, String> OF_NOISE = Map.of("unet", "UNet", "dit", "Dit");

    private Heads() {}

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
     * The config of the same encoder or decoder with a classification head, to be read by {@link Architectures#of} and saved beside the
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
                    "a text model: " + Families.types(Heads::tellsTexts));
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
     * The config of the same encoder or decoder with a head that tells a class of each token.
     *
     * @throws ConfigException if transformers has no such head for it
     */
    public static ObjectNode tokenClassifier(ObjectNode config, List<String> labels) {
        Family family = Families.find(new ConfigJson(config));
        String architecture = family == null ? null : family.className(Head.TOKEN_CLASSIFIER);
        if (architecture == null) {
            throw new ConfigException(
                    "model_type",
                    new ConfigJson(config).text("model_type", ""),
                    "a model that tells classes of tokens: "
                            + Families.types(other -> other.className(Head.TOKEN_CLASSIFIER) != null));
        }
        ObjectNode changed = Classes.named(config, labels);
        changed.putArray("architectures").add(architecture);
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

    /**
     * The config of the same network that tells noise, told these classes.
     *
     * @param head as for {@link #plain}
     */
    public static ObjectNode ofNoise(ObjectNode config, String head, List<String> labels) {
        return named(config, OF_NOISE, "a model that tells noise", head, labels);
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
     * The config of the same image model with a classification head, to be read by {@link Architectures#of} and saved beside the weights.
     *
     * @throws ConfigException if it reads no images
     */
    public static ObjectNode imageClassifier(ObjectNode config, List<String> labels) {
        if (labels.isEmpty()) {
            throw new ConfigException("labels: a classifier needs at least one class");
        }
        ObjectNode whole = Clips.whole(config);
        ConfigJson json = new ConfigJson(whole);
        Family family = Families.find(json);
        if (family == null || !tellsImages(family)) {
            throw new ConfigException(
                    "model_type", json.text("model_type", ""), "an image model: " + Families.types(Heads::tellsImages));
        }
        String name = family.className(Head.CLASSIFIER);
        boolean isOwn = json.architecture().isEmpty() || json.architecture().startsWith(Family.OWN);
        if (name == null || (family.own() != null && isOwn)) {
            return plain(whole, "ImageClassification", labels);
        }
        ObjectNode changed = Classes.named(whole, labels);
        changed.putArray("architectures").add(name);
        return changed;
    }

    /** Whether one config can be that of a model whose base the other describes, by their types. */
    public static boolean areAkin(ObjectNode headed, ObjectNode base) {
        return headed.path("model_type").equals(base.path("model_type"))
                || headed.path("model_type").equals(Clips.whole(base).path("model_type"));
    }

    /** Whether {@link #imageClassifier} gives that model a head of transformers. */
    public static boolean haveImageClassifier(ObjectNode config) {
        Family family = Families.find(new ConfigJson(Clips.whole(config)));
        return family != null && family.kind().isOfImages() && family.className(Head.CLASSIFIER) != null;
    }

    private static boolean tellsImages(Family family) {
        return family.kind().isOfImages()
                && (family.own() != null || family.className(Head.CLASSIFIER) != null || family == Clips.IMAGES);
    }

    /** Whether its head tells words, and the next one by those before it. */
    public static boolean goesOn(ObjectNode config) {
        return tellsWords(config, true);
    }

    /** Whether its head tells words where they are hidden. */
    public static boolean fillsGaps(ObjectNode config) {
        return tellsWords(config, false);
    }

    private static boolean tellsWords(ObjectNode config, boolean causal) {
        ConfigJson json = new ConfigJson(config);
        Family family = Families.find(json);
        return family != null
                && family.kind() != Family.Kind.TEXT_TO_TEXT
                && family.classes().get(json.architecture()) == Head.LANGUAGE
                && family.goesOn(json) == causal;
    }

    /**
     * The config of the same encoder or decoder with a head that predicts words.
     *
     * @param causal each word from those before it, as a decoder does; else masked words from those around them
     * @throws ConfigException if that architecture predicts in the other way
     */
    public static ObjectNode languageModel(ObjectNode config, boolean causal) {
        ConfigJson json = new ConfigJson(config);
        Family family = Families.find(json);
        String architecture = family == null ? null : wordsClass(family, json, causal);
        if (architecture == null) {
            Family.Kind kind = causal ? Family.Kind.DECODER : Family.Kind.ENCODER;
            String known = Families.types(other -> other.className(Head.LANGUAGE) != null && other.kind() == kind);
            throw new ConfigException(
                    "model_type",
                    json.text("model_type", ""),
                    causal
                            ? "a decoder (" + known + "); an encoder learns hidden words (masked_lm)"
                            : "an encoder (" + known + "); a decoder learns the next word (causal_lm)");
        }
        ObjectNode changed = config.deepCopy();
        changed.putArray("architectures").add(architecture);
        return changed;
    }

    private static @Nullable String wordsClass(Family family, ConfigJson config, boolean causal) {
        boolean isOfWords = family.kind() == Family.Kind.ENCODER || family.kind() == Family.Kind.DECODER;
        if (!isOfWords || family.goesOn(config) != causal) {
            return null;
        }
        return causal && family.decoding() != null ? family.decoding() : family.className(Head.LANGUAGE);
    }

    /**
     * The config of the same model with a head that answers texts.
     *
     * @throws ConfigException if it answers none
     */
    public static ObjectNode textToText(ObjectNode config) {
        Family family = Families.find(new ConfigJson(config));
        String architecture =
                family == null || family.kind() != Family.Kind.TEXT_TO_TEXT ? null : family.className(Head.LANGUAGE);
        if (architecture == null) {
            throw new ConfigException(
                    "model_type",
                    new ConfigJson(config).text("model_type", ""),
                    "a model that answers texts: " + Families.types(other -> other.kind() == Family.Kind.TEXT_TO_TEXT));
        }
        ObjectNode changed = config.deepCopy();
        changed.putArray("architectures").add(architecture);
        return changed;
    }
}
