package org.counterweight.model.config;

import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.counterweight.config.ConfigException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The classes of a classifier as its {@code config.json} states them. Hugging Face's transformers writes {@code id2label}
 * for any number of classes but two, which is its default, and {@code num_labels} never; files written by hand, and old
 * ones, may have {@code num_labels} alone.
 */
public final class Classes {
    /** What transformers takes where a config states nothing. */
    static final List<String> UNNAMED = unnamed(2);

    private static final String ENDING = "ForSequenceClassification";
    private static final String OF_TOKENS = "ForTokenClassification";

    private Classes() {}

    /** Whether the config's {@code architectures} has a head that predicts the class of a text. */
    public static boolean areToldBy(ObjectNode config) {
        return new ConfigJson(config).architecture().endsWith(ENDING);
    }

    /** Whether it has a head that predicts the class of each token. */
    public static boolean areToldOfTokens(ObjectNode config) {
        return new ConfigJson(config).architecture().endsWith(OF_TOKENS);
    }

    /** Whether that head has an output for each class, of whole texts, of tokens or of images. */
    public static boolean haveOutputs(ObjectNode config) {
        return areToldBy(config)
                || areToldOfTokens(config)
                || new ConfigJson(config).architecture().contains("ForImageClassification");
    }

    /** {@code LABEL_0}, {@code LABEL_1} …: the names of classes that nobody named. */
    public static List<String> unnamed(int count) {
        return IntStream.range(0, count).mapToObj(Classes::unnamedClass).toList();
    }

    private static String unnamedClass(int number) {
        return "LABEL_" + number;
    }

    /**
     * The names in {@code id2label} by their numbers, or as many unnamed ones as {@code num_labels} says; empty if the config
     * states neither.
     *
     * @throws ConfigException if the two disagree, or one is of a wrong kind
     */
    public static Optional<List<String>> stated(ObjectNode config) {
        ConfigJson json = new ConfigJson(config);
        Optional<List<String>> counted =
                json.has("num_labels") ? Optional.of(unnamed(json.count("num_labels"))) : Optional.empty();
        JsonNode names = config.get("id2label");
        if (names == null || names.isNull() || names.isEmpty()) {
            return counted;
        }
        if (!names.isObject()) {
            throw new ConfigException("id2label", names, "an object with a name for each class's number");
        }
        if (counted.isPresent() && counted.get().size() != names.size()) {
            throw new ConfigException("num_labels is " + counted.get().size() + ", but id2label names " + names.size()
                    + (names.size() == 1 ? " class" : " classes") + "; take out the one that is wrong");
        }
        return Optional.of(
                IntStream.range(0, names.size()).mapToObj(i -> name(names, i)).toList());
    }

    private static String name(JsonNode names, int number) {
        JsonNode name = names.get(String.valueOf(number));
        if (name == null) {
            throw new ConfigException("id2label", names, "a name for each class, by the numbers from 0 on");
        }
        return name.asString(unnamedClass(number));
    }

    /** The same config with these names of classes in {@code id2label} and {@code label2id}. */
    public static ObjectNode named(ObjectNode config, List<String> labels) {
        ObjectNode changed = config.deepCopy();
        changed.remove("num_labels"); // id2label says it
        ObjectNode names = changed.putObject("id2label");
        ObjectNode ids = changed.putObject("label2id");
        for (int i = 0; i < labels.size(); i++) {
            names.put(String.valueOf(i), labels.get(i));
            ids.put(labels.get(i), i);
        }
        return changed;
    }
}
