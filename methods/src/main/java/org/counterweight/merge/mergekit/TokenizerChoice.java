package org.counterweight.merge.mergekit;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.counterweight.config.ConfigException;
import org.counterweight.config.Configs;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Whose vocabulary the output has, and where its rows come from.
 *
 * @param union whether all models' tokens are united
 * @param model whose vocabulary it is; null for the base's, or for the union
 * @param tokens where the rows of single tokens come from
 * @param padToMultipleOf rows are added up to a multiple of this; 1 for none
 */
public record TokenizerChoice(
        boolean union, @Nullable ModelReference model, Map<String, TokenSource> tokens, int padToMultipleOf) {
    /**
     * Where one token's row comes from.
     *
     * @param model of which the row is taken; null for a row of zeros
     * @param token whose row is taken in that model; null for the same token
     * @param id the row's number, where that is how it was given; −1 otherwise
     * @param force whether it replaces the row of models that have the token
     */
    public record TokenSource(
            @Nullable ModelReference model, @Nullable String token, int id, boolean force) {}

    static @Nullable TokenizerChoice of(ObjectNode tree, ModelPlaces places) {
        boolean coarse = tree.hasNonNull("tokenizer_source");
        if (coarse && tree.hasNonNull("tokenizer")) {
            throw new ConfigException("give tokenizer_source or tokenizer, not both");
        }
        if (coarse) {
            return source(tree.get("tokenizer_source"), places, "tokenizer_source", Map.of(), 1);
        }
        if (!tree.hasNonNull("tokenizer")) {
            return null;
        }
        if (!(tree.get("tokenizer") instanceof ObjectNode fine)) {
            throw new ConfigException(
                    "tokenizer", tree.get("tokenizer"), "keys and values: source, tokens, pad_to_multiple_of");
        }
        known(fine, "tokenizer", List.of("source", "tokens", "pad_to_multiple_of"));
        var tokens = new LinkedHashMap<String, TokenSource>();
        JsonNode given = fine.path("tokens");
        if (!given.isObject() && !given.isMissingNode() && !given.isNull()) {
            throw new ConfigException("tokenizer.tokens", given, "for each token, keys and values: source, force");
        }
        for (var entry : given.properties()) {
            tokens.put(entry.getKey(), tokenSource(entry.getValue(), places, "tokenizer.tokens." + entry.getKey()));
        }
        JsonNode pad = fine.path("pad_to_multiple_of");
        Integer multiple = pad.isMissingNode() || pad.isNull() ? Integer.valueOf(1) : YamlScalar.whole(pad);
        if (multiple == null || multiple < 1) {
            throw new ConfigException("tokenizer.pad_to_multiple_of", pad, "an integer of at least 1");
        }
        JsonNode source = fine.get("source");
        if (source == null) {
            throw new ConfigException("tokenizer.source is missing; give union, base or a model");
        }
        return source(source, places, "tokenizer.source", tokens, multiple);
    }

    private static TokenizerChoice source(
            JsonNode node, ModelPlaces places, String field, Map<String, TokenSource> tokens, int pad) {
        String word = node.asString("");
        return word.equals("union") || word.equals("base")
                ? new TokenizerChoice(word.equals("union"), null, tokens, pad)
                : new TokenizerChoice(false, ModelReference.of(node, places, field), tokens, pad);
    }

    private static TokenSource tokenSource(JsonNode node, ModelPlaces places, String field) {
        if (!(node instanceof ObjectNode object)) {
            throw new ConfigException(field, node, "keys and values: source, force");
        }
        known(object, field, List.of("source", "force"));
        JsonNode forced = object.path("force");
        Boolean force = forced.isMissingNode() || forced.isNull() ? Boolean.FALSE : YamlScalar.truth(forced);
        if (force == null) {
            throw new ConfigException(field + ".force", forced, "true or false");
        }
        JsonNode source = object.get("source");
        if (source == null) {
            throw new ConfigException(field + ".source is missing");
        }
        if (!(source instanceof ObjectNode how) || !how.has("kind")) {
            return new TokenSource(ModelReference.of(source, places, field + ".source"), null, -1, force);
        }
        known(how, field + ".source", List.of("kind", "model", "token", "token_id"));
        String kind = how.path("kind").asString("");
        if (kind.equals("zero")) {
            return new TokenSource(null, null, -1, force);
        }
        boolean byName = how.path("token").isString();
        Integer row = YamlScalar.whole(how.path("token_id"));
        boolean byRow = row != null && row >= 0;
        if (!kind.equals("model_token")
                || !how.has("model")
                || how.has("token") == how.has("token_id")
                || !byName && !byRow) {
            throw new ConfigException(
                    field + ".source",
                    source,
                    "{kind: zero}, or {kind: model_token, model, and one of token, a text, and token_id, a row}");
        }
        return new TokenSource(
                ModelReference.of(how.get("model"), places, field + ".source.model"),
                byName ? how.path("token").asString() : null,
                row != null && byRow ? row : -1,
                force);
    }

    private static void known(ObjectNode node, String path, List<String> keys) {
        for (String key : node.propertyNames()) {
            if (!keys.contains(key)) {
                throw new ConfigException(Configs.unknown(path + "." + key, key, keys));
            }
        }
    }
}
