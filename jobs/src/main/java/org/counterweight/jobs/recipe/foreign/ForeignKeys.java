package org.counterweight.jobs.recipe.foreign;

import java.util.LinkedHashSet;
import java.util.Set;
import org.counterweight.config.ConfigException;
import org.counterweight.config.Configs;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Keys of a foreign file that are taken one by one, so that none is passed over in silence. Not thread-safe. */
final class ForeignKeys {
    private final String place;
    private final ObjectNode tree;
    private final Set<String> left;

    /** @param place what stands before a key in messages */
    ForeignKeys(String place, ObjectNode tree) {
        this.place = place;
        this.tree = tree;
        this.left = new LinkedHashSet<>(tree.propertyNames());
    }

    /** The value; null if it is absent or null. */
    @Nullable
    JsonNode find(String key) {
        left.remove(key);
        JsonNode value = tree.get(key);
        return value == null || value.isNull() ? null : value;
    }

    /** A section; an empty one if there is none. */
    ForeignKeys section(String key) {
        JsonNode value = find(key);
        if (value != null && !(value instanceof ObjectNode)) {
            throw wrong(key, "keys and values");
        }
        return new ForeignKeys(
                place + key + ".", value instanceof ObjectNode section ? section : Configs.JSON.createObjectNode());
    }

    String word(String key, String otherwise) {
        JsonNode value = find(key);
        if (value != null && !value.isString()) {
            throw wrong(key, "a word");
        }
        return value == null ? otherwise : value.asString();
    }

    double number(String key, double otherwise) {
        JsonNode value = find(key);
        if (value != null && !value.isNumber()) {
            throw wrong(key, "a number");
        }
        return value == null ? otherwise : value.asDouble();
    }

    int count(String key, int otherwise) {
        JsonNode value = find(key);
        if (value != null && !value.canConvertToInt()) {
            throw wrong(key, "an integer");
        }
        return value == null ? otherwise : value.asInt();
    }

    boolean flag(String key) {
        JsonNode value = find(key);
        if (value != null && !value.isBoolean()) {
            throw wrong(key, "true or false");
        }
        return value != null && value.asBoolean();
    }

    /** The one of a list, or a value that stands alone; null if there is none. */
    @Nullable
    JsonNode single(String key, String remedy) {
        JsonNode value = find(key);
        if (value == null || !value.isArray()) {
            return value;
        }
        if (value.size() > 1) {
            throw wrong(key, "one; " + remedy);
        }
        return value.isEmpty() ? null : value.get(0);
    }

    /** Notes that a key says nothing that matters here. */
    void pass(String... keys) {
        for (String key : keys) {
            left.remove(key);
        }
    }

    ConfigException wrong(String key, String expected) {
        return new ConfigException(place + key + ": " + tree.get(key) + " is not allowed; expected " + expected);
    }

    /** Refuses what nobody took. */
    void done() {
        if (!left.isEmpty()) {
            throw new ConfigException(place + String.join(", ", left)
                    + ": has no counterpart in a recipe; take it out, or write the recipe yourself");
        }
    }
}
