package org.counterweight.merge.mergekit;

import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Numbers and truths as they stand in people's YAML: plain, in quotes, or as words that YAML 1.1 has for truths. What mergekit
 * reads by pydantic is taken as pydantic takes it, and the meaning of a word in quotes is the word's: {@code "false"} is false.
 */
public final class YamlScalar {
    private static final Pattern NUMBER = Pattern.compile("[+-]?(?:\\d+\\.?\\d*|\\.\\d+)(?:[eE][+-]?\\d+)?");
    private static final Set<String> TRUE = Set.of("true", "yes", "on", "y", "t", "1");
    private static final Set<String> FALSE = Set.of("false", "no", "off", "n", "f", "0");

    private YamlScalar() {}

    /** The number, a truth as 1 or 0; null if it is none that is finite. */
    public static @Nullable Double number(JsonNode node) {
        if (node.isBoolean()) {
            return node.asBoolean() ? 1.0 : 0.0;
        }
        if (node.isString()) {
            String text = node.asString().strip();
            return NUMBER.matcher(text).matches() && Double.isFinite(Double.parseDouble(text))
                    ? Double.valueOf(text)
                    : null;
        }
        return node.isNumber() && Double.isFinite(node.asDouble()) ? Double.valueOf(node.asDouble()) : null;
    }

    /** The whole number; null if it is none. */
    public static @Nullable Integer whole(JsonNode node) {
        Double value = node.isBoolean() ? null : number(node);
        return value != null && value == Math.rint(value) && Math.abs(value) <= Integer.MAX_VALUE
                ? Integer.valueOf(value.intValue())
                : null;
    }

    /** True or false, a number by whether it is 0; null if it is neither. */
    public static @Nullable Boolean truth(JsonNode node) {
        if (node.isBoolean()) {
            return node.asBoolean();
        }
        String word = node.isString() ? node.asString().strip().toLowerCase(Locale.ROOT) : "";
        if (TRUE.contains(word) || FALSE.contains(word)) {
            return TRUE.contains(word);
        }
        Double value = number(node);
        return value == null ? null : Boolean.valueOf(value != 0);
    }
}
