package org.counterweight.formats.peft.config;

import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Rows of a table that are trained, one token each.
 *
 * @param table its name, or a dotted ending of it
 * @param indices which rows, in the order in which they are stored
 */
public record TrainedTokens(String table, List<Long> indices) {
    public TrainedTokens {
        indices = List.copyOf(indices);
    }

    /**
     * Those that a config lists beside an adapter.
     *
     * @param words the model's own table of words, for a list without a name
     */
    static List<TrainedTokens> of(ObjectNode config, String words) {
        JsonNode tokens = config.path("trainable_token_indices");
        if (tokens.isArray()) {
            return List.of(new TrainedTokens(words, numbers(tokens)));
        }
        var trained = new ArrayList<TrainedTokens>();
        tokens.properties().forEach(entry -> trained.add(new TrainedTokens(entry.getKey(), numbers(entry.getValue()))));
        return trained;
    }

    static List<Long> numbers(JsonNode list) {
        return list.valueStream().map(JsonNode::asLong).toList();
    }
}
