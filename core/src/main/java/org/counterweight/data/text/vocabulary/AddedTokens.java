package org.counterweight.data.text.vocabulary;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.TreeMap;
import org.counterweight.config.Configs;
import org.counterweight.data.DataException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The tokens beside a vocabulary, as {@code tokenizer.json} lists them: each is found in texts before anything is split. */
final class AddedTokens {
    private final TreeMap<Integer, ObjectNode> byId = new TreeMap<>();

    /** One that has a meaning, and is not told as a word. */
    AddedTokens special(String content, int id) {
        return put(content, id, true, false);
    }

    /** A word that stays as it is where it stands alone. */
    AddedTokens whole(String content, int id) {
        return put(content, id, false, true);
    }

    private AddedTokens put(String content, int id, boolean isSpecial, boolean alone) {
        byId.putIfAbsent(
                id,
                Configs.JSON
                        .createObjectNode()
                        .put("id", id)
                        .put("content", content)
                        .put("single_word", alone)
                        .put("lstrip", false)
                        .put("rstrip", false)
                        .put("normalized", false)
                        .put("special", isSpecial));
        return this;
    }

    /** What {@code added_tokens_decoder} in the settings lists, and {@code added_tokens.json} beside them. */
    AddedTokens beside(Path vocabulary, ObjectNode settings) {
        settings.path("added_tokens_decoder").properties().forEach(entry -> {
            ObjectNode token = (ObjectNode) entry.getValue().deepCopy();
            byId.put(Integer.parseInt(entry.getKey()), token.put("id", Integer.parseInt(entry.getKey())));
        });
        Path file = vocabulary.resolveSibling("added_tokens.json");
        if (Files.exists(file)) {
            try {
                for (var entry : Configs.read(file).properties()) {
                    JsonNode id = entry.getValue();
                    if (!id.isIntegralNumber()) {
                        throw new DataException(
                                file + ": " + entry.getKey() + " has no number; copy the model's own again");
                    }
                    put(entry.getKey(), id.asInt(), false, false);
                }
            } catch (IOException e) {
                throw new DataException(file + ": cannot be read: " + e.getMessage(), e);
            }
        }
        return this;
    }

    void into(ArrayNode list) {
        byId.values().forEach(list::add);
    }
}
