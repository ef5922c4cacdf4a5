package org.counterweight.model.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.function.Predicate;
import org.counterweight.config.ConfigException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A Hugging Face {@code config.json}, read key by key. Such files carry dozens of keys of which an architecture needs a few,
 * so unknown ones are passed over; what is read is checked.
 */
public record ConfigJson(ObjectNode tree) {
    /** An integer of at least 1. */
    public int count(String key, int otherwise) {
        JsonNode node = tree.get(key);
        if (node == null || node.isNull()) {
            return otherwise;
        }
        if (!node.isIntegralNumber() || !node.canConvertToInt() || node.asInt() < 1) {
            throw new ConfigException(key, node, "an integer of at least 1");
        }
        return node.asInt();
    }

    /** An integer of at least 0. */
    public int size(String key, int otherwise) {
        JsonNode node = tree.get(key);
        if (node == null || node.isNull()) {
            return otherwise;
        }
        if (!node.isIntegralNumber() || !node.canConvertToInt() || node.asInt() < 0) {
            throw new ConfigException(key, node, "an integer of at least 0");
        }
        return node.asInt();
    }

    /**
     * An integer of at least 1; 0 for none, where the key is there and says null.
     *
     * @param otherwise where the key is missing
     */
    public int countOrNone(String key, int otherwise) {
        return tree.has(key) && !has(key) ? 0 : count(key, otherwise);
    }

    /** A number; 0 for none, where the key is there and says null. */
    public double numberOrNone(String key, double otherwise) {
        return tree.has(key) && !has(key) ? 0 : number(key, otherwise);
    }

    /** An integer of at least 1 that must be there. */
    public int count(String key) {
        if (!has(key)) {
            throw new ConfigException(key + " is missing from the model's config.json; give an integer of at least 1");
        }
        return count(key, 1);
    }

    public double number(String key, double otherwise) {
        JsonNode node = tree.get(key);
        if (node == null || node.isNull()) {
            return otherwise;
        }
        if (!node.isNumber() || !Double.isFinite(node.asDouble())) {
            throw new ConfigException(key, node, "a number");
        }
        return node.asDouble();
    }

    /** A number that must be there. */
    public double number(String key) {
        if (!has(key)) {
            throw new ConfigException(key + " is missing from the model's config.json; give a number");
        }
        return number(key, 0);
    }

    public double probability(String key, double otherwise) {
        double p = number(key, otherwise);
        if (!(p >= 0 && p < 1)) {
            throw new ConfigException(key, p, "a probability in [0, 1)");
        }
        return p;
    }

    public boolean flag(String key, boolean otherwise) {
        JsonNode node = tree.get(key);
        if (node == null || node.isNull()) {
            return otherwise;
        }
        if (!node.isBoolean()) {
            throw new ConfigException(key, node, "true or false");
        }
        return node.asBoolean();
    }

    public String text(String key, String otherwise) {
        JsonNode node = tree.get(key);
        if (node == null || node.isNull()) {
            return otherwise;
        }
        if (!node.isString()) {
            throw new ConfigException(key, node, "a text");
        }
        return node.asString();
    }

    /** Whether the key is there, with something other than null. */
    public boolean has(String key) {
        return tree.hasNonNull(key);
    }

    /** A list of integers of at least 1. */
    public List<Integer> counts(String key, List<Integer> otherwise) {
        JsonNode node = tree.get(key);
        if (node == null || node.isNull()) {
            return otherwise;
        }
        var counts = new ArrayList<Integer>();
        for (JsonNode entry : node) {
            if (!node.isArray() || !entry.isIntegralNumber() || !entry.canConvertToInt() || entry.asInt() < 1) {
                throw new ConfigException(key, node, "a list of integers of at least 1");
            }
            counts.add(entry.asInt());
        }
        return counts;
    }

    /** Two integers of at least 1, height and width; one alone is both. */
    public List<Integer> pair(String key, int otherwise) {
        JsonNode node = tree.get(key);
        if (node == null || !node.isArray()) {
            int both = count(key, otherwise);
            return List.of(both, both);
        }
        List<Integer> two = counts(key, List.of());
        if (two.size() != 2) {
            throw new ConfigException(key, node, "an integer of at least 1, or two of them: height and width");
        }
        return two;
    }

    /**
     * Refuses any other integer than the one that is supported.
     *
     * @param why what the one is
     */
    public void only(String key, int supported, String why) {
        int given = count(key, supported);
        if (given != supported) {
            throw new ConfigException(key, given, supported + ", " + why);
        }
    }

    /** A list of integers; empty where there is none. */
    public List<Integer> integers(String key) {
        return list(key, JsonNode::canConvertToInt, JsonNode::asInt, "a list of integers");
    }

    /** A list of numbers; empty where there is none. */
    public List<Double> numbers(String key) {
        return list(key, JsonNode::isNumber, JsonNode::asDouble, "a list of numbers");
    }

    /** A list of texts; empty where there is none. */
    public List<String> texts(String key) {
        return list(key, JsonNode::isString, JsonNode::asString, "a list of texts");
    }

    private <T> List<T> list(String key, Predicate<JsonNode> fits, Function<JsonNode, T> value, String expected) {
        JsonNode node = tree.get(key);
        var values = new ArrayList<T>();
        if (node == null || node.isNull()) {
            return values;
        }
        for (JsonNode entry : node) {
            if (!node.isArray() || !fits.test(entry)) {
                throw new ConfigException(key, node, expected);
            }
            values.add(value.apply(entry));
        }
        return values;
    }

    /** A constant of an enum, in lower case. */
    public <E extends Enum<E>> E choice(String key, E otherwise) {
        String given = text(key, otherwise.name().toLowerCase(Locale.ROOT));
        var known = new ArrayList<String>();
        for (E constant : otherwise.getDeclaringClass().getEnumConstants()) {
            String name = constant.name().toLowerCase(Locale.ROOT);
            if (name.equals(given)) {
                return constant;
            }
            known.add(name);
        }
        throw new ConfigException(key, given, "one of " + String.join(", ", known));
    }

    /** The object at that key; an empty one if there is none. */
    public ConfigJson at(String key) {
        return new ConfigJson(tree.get(key) instanceof ObjectNode object ? object : tree.objectNode());
    }

    /** The first entry of {@code architectures}, or an empty text. */
    public String architecture() {
        JsonNode names = tree.get("architectures");
        return names != null && names.isArray() && !names.isEmpty()
                ? names.get(0).asString()
                : "";
    }

    /** The number of classes that {@link Classes} reads, or Hugging Face's default of 2. */
    public int classes() {
        return Classes.stated(tree).orElse(Classes.UNNAMED).size();
    }

    /**
     * The id of a token; −1 for none, where the key is there and says null.
     *
     * @param otherwise where the key is missing
     */
    public int token(String key, int otherwise) {
        JsonNode node = tree.get(key);
        if (node == null || node.isNull()) {
            return node == null ? otherwise : -1;
        }
        if (!node.isIntegralNumber() || !node.canConvertToInt()) {
            throw new ConfigException(key, node, "a token's id, or null for none");
        }
        return node.asInt();
    }
}
