package org.counterweight.merge.tokens;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.IntNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The ids of tokens in configs, brought from one vocabulary to another: where a text ends, what pads, what stands for a
 * picture.
 *
 * @param before token by id, in the vocabulary that the config speaks of
 * @param after row by token, in that of the output
 * @param own the config of the model whose vocabulary it is, which knows its own tokens for a role; nothing if there is none
 */
record TokenIds(Map<Integer, String> before, Map<String, Integer> after, ObjectNode own) {
    private static final Pattern KEY =
            Pattern.compile(".*token_(?:id|ids|index)|(?:begin_)?suppress_tokens|bad_words_ids");

    static TokenIds of(Vocabulary before, Map<String, Integer> after, ObjectNode own) {
        var tokens = new HashMap<Integer, String>();
        before.all().forEach((token, id) -> tokens.put(id, token));
        return new TokenIds(tokens, after, own);
    }

    /**
     * Changes the ids in a config and in its parts.
     *
     * @param notes is told of roles that no token has any more
     */
    void change(ObjectNode config, Consumer<String> notes) {
        change(config, own, "", notes);
    }

    private void change(ObjectNode config, JsonNode theirs, String path, Consumer<String> notes) {
        for (String key : List.copyOf(config.propertyNames())) {
            JsonNode value = config.path(key);
            if (value instanceof ObjectNode part && key.endsWith("_config")) {
                change(part, theirs.path(key), path + key + ".", notes);
            } else if (KEY.matcher(key).matches() && !value.isNull()) {
                JsonNode changed = changed(value);
                if (changed != null) {
                    config.set(key, changed);
                } else if (theirs.path(key).isInt() || theirs.path(key).isArray()) {
                    config.set(key, theirs.path(key));
                } else {
                    notes.accept(path + key + ": " + value + " is \"" + before.getOrDefault(value.asInt(-1), "?")
                            + "\", which the output has no row for; it is left empty");
                    config.putNull(key);
                }
            }
        }
    }

    /**
     * The ids in the new vocabulary; null if none of them has a token there. Numbers that are no ids stay, and so do ids that
     * never had a token: configs keep their family's defaults, and readers want numbers for them.
     */
    private @Nullable JsonNode changed(JsonNode value) {
        if (value instanceof ArrayNode list) {
            ArrayNode changed = list.arrayNode();
            list.forEach(each -> {
                JsonNode one = changed(each);
                if (one != null) {
                    changed.add(one);
                }
            });
            return changed.isEmpty() && !list.isEmpty() ? null : changed;
        }
        if (!value.isInt() || value.asInt() < 0) {
            return value;
        }
        String token = before.get(value.asInt());
        if (token == null) {
            return after.containsValue(value.asInt()) ? null : value;
        }
        Integer row = after.get(token);
        return row == null ? null : IntNode.valueOf(row);
    }
}
