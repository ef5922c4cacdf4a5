package org.counterweight.data.text.vocabulary;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.counterweight.config.Configs;
import org.counterweight.data.DataException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The tokens beside a vocabulary, as {@code tokenizer.json} lists them: each is found in texts before anything is split. */
final class AddedTokens {
    private final TreeMap<Integer, ObjectNode> byId = new TreeMap<>();
    private final Map<String, Integer> ids = new HashMap<>();

    /** One that has a meaning, and is not told as a word. */
    AddedTokens special(String content, int id) {
        put(content, id, "special");
        return this;
    }

    /** A word that stays as it is where it stands alone. */
    AddedTokens whole(String content, int id) {
        put(content, id, "single_word");
        return this;
    }

    /** One that is never cut, found in a text as it is spelt in the end. */
    AddedTokens symbol(String content, int id) {
        put(content, id, "normalized");
        return this;
    }

    /** The one of this number; where there is none yet, this, of which one thing is so, or none. */
    private ObjectNode put(String content, int id, String so) {
        ObjectNode there = byId.get(id);
        if (there != null) {
            return there;
        }
        ObjectNode token = Configs.JSON.createObjectNode().put("id", id).put("content", content);
        for (String flag : List.of("single_word", "lstrip", "rstrip", "normalized", "special")) {
            token.put(flag, flag.equals(so));
        }
        set(content, id, token);
        return token;
    }

    private void set(String content, int id, ObjectNode token) {
        ObjectNode before = byId.put(id, token);
        if (before != null) {
            ids.remove(before.path("content").asString(), id);
        }
        ids.putIfAbsent(content, id);
    }

    /**
     * Special tokens by what the settings call them, the roles' first: of the vocabulary, of those that are added already, or
     * else new ones behind all of these.
     *
     * @param usual the token of each role where nothing is said
     * @param vocabulary the model's own tokens
     */
    AddedTokens named(TokenizerSettings settings, Map<String, String> usual, Map<String, Integer> vocabulary) {
        for (String role : TokenizerSettings.ROLES) {
            named(settings.token(role, usual.getOrDefault(role, "")), settings.stated(role), vocabulary);
        }
        for (JsonNode token : settings.additional()) {
            named(token.isObject() ? token.path("content").asString("") : token.asString(""), token, vocabulary);
        }
        return this;
    }

    private void named(String content, JsonNode stated, Map<String, Integer> vocabulary) {
        if (content.isEmpty()) {
            return;
        }
        ObjectNode token = put(content, place(content, vocabulary), "")
                .put("special", true)
                .put("normalized", false);
        for (String flag : List.of("single_word", "lstrip", "rstrip")) {
            if (stated.path(flag).isBoolean()) {
                token.set(flag, stated.get(flag));
            }
        }
    }

    private int place(String content, Map<String, Integer> vocabulary) {
        Integer added = ids.get(content);
        if (added != null) {
            return added;
        }
        Integer own = vocabulary.get(content);
        if (own != null && !byId.containsKey(own)) { // its number may be another's by now
            return own;
        }
        return Math.max(vocabulary.size(), byId.isEmpty() ? 0 : byId.lastKey() + 1);
    }

    /** What {@code added_tokens_decoder} in the settings lists, and {@code added_tokens.json} beside them. */
    AddedTokens beside(Path vocabulary, ObjectNode settings) {
        Path file = vocabulary.resolveSibling(TokenizerFiles.SETTINGS);
        for (var entry : settings.path("added_tokens_decoder").properties()) {
            if (!entry.getKey().matches("\\d{1,9}") || !entry.getValue().isObject()) {
                throw new DataException(file + ": added_tokens_decoder has " + entry.getKey() + ": " + entry.getValue()
                        + ", expected the number of a token and what it is; copy the model's own again");
            }
            int id = Integer.parseInt(entry.getKey());
            ObjectNode token = (ObjectNode) entry.getValue().deepCopy();
            set(token.path("content").asString(""), id, token.put("id", id));
        }
        Path list = vocabulary.resolveSibling("added_tokens.json");
        for (var entry : TokenizerFiles.read(list).properties()) {
            JsonNode id = entry.getValue();
            if (!id.isInt() || id.asInt() < 0) {
                throw new DataException(list + ": " + entry.getKey() + " has " + id
                        + ", expected the token's number; copy the model's own again");
            }
            put(entry.getKey(), id.asInt(), "");
        }
        return this;
    }

    /** Their texts, by their numbers. */
    SortedMap<Integer, String> contents() {
        var contents = new TreeMap<Integer, String>();
        byId.forEach((id, token) -> contents.put(id, token.path("content").asString("")));
        return contents;
    }

    /** The number of one of them. */
    int id(String content) {
        Integer id = ids.get(content);
        if (id == null) {
            throw new IllegalArgumentException(content + " is not added");
        }
        return id;
    }

    void into(ArrayNode list) {
        byId.values().forEach(list::add);
    }
}
