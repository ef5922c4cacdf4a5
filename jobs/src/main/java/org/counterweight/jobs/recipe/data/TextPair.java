package org.counterweight.jobs.recipe.data;

import org.counterweight.config.ConfigException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code data.text: [first, second]}, which is another way to write {@code data.text} and {@code data.pair}. */
final class TextPair {
    private static final String TEXT = "text";
    private static final String PAIR = "pair";

    private TextPair() {}

    /** Puts the two keys in place of a list. */
    static void spellOut(ObjectNode data) {
        JsonNode both = data.path(TEXT);
        if (!both.isArray()) {
            return;
        }
        if (both.size() != 2 || !both.path(0).isString() || !both.path(1).isString()) {
            throw new ConfigException("data.text", both, "a column, or the two of texts that are read together");
        }
        if (data.hasNonNull(PAIR)) {
            throw new ConfigException("data.text: " + both + " names both texts of a pair, and so does data.pair: "
                    + data.get(PAIR) + "; leave one of them out");
        }
        data.put(PAIR, both.path(1).asString());
        data.put(TEXT, both.path(0).asString());
    }

    /** Allows the list in the schema of the settings. */
    static void describeIn(ObjectNode properties) {
        ObjectNode text = properties.withObject(TEXT);
        JsonNode alone = text.remove("type");
        var anyOf = text.putArray("anyOf");
        anyOf.addObject().set("type", alone);
        ObjectNode both =
                anyOf.addObject().put("type", "array").put("minItems", 2).put("maxItems", 2);
        both.putObject("items").set("type", alone);
    }
}
