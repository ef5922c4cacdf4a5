package org.counterweight.data.text.vocabulary;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a {@code tokenizer.json} says about its tokens.
 *
 * @param specials the added ones, by their texts
 * @param padId the token that fills up short rows
 * @param last the token of the greatest id
 * @param prefix of tokens that do not begin a word; empty where there is none
 * @param unknown the token of a word that the vocabulary lacks; of no text and number −1 where there is none
 */
public record Vocabulary(Map<String, Integer> specials, int padId, Token last, String prefix, Token unknown) {
    /** A token and its id. */
    public record Token(String text, int id) {}

    private static final Token NONE = new Token("", -1);

    public static Vocabulary of(ObjectNode json) {
        Map<String, Integer> specials = specials(json);
        JsonNode model = json.path("model");
        return new Vocabulary(
                specials,
                padId(json, specials),
                last(json, specials),
                model.path("continuing_subword_prefix").asString(""),
                unknown(model, specials));
    }

    private static Token unknown(JsonNode model, Map<String, Integer> specials) {
        JsonNode vocabulary = model.path("vocab");
        if (vocabulary.isArray()) { // Unigram names it by its number
            int id = model.path("unk_id").asInt(NONE.id());
            return vocabulary.has(id) ? new Token(vocabulary.path(id).path(0).asString(), id) : NONE;
        }
        String text = model.path("unk_token").asString("");
        int id = specials.getOrDefault(text, vocabulary.path(text).asInt(NONE.id()));
        return id == NONE.id() ? NONE : new Token(text, id);
    }

    private static Map<String, Integer> specials(ObjectNode json) {
        var specials = new HashMap<String, Integer>();
        for (JsonNode token : json.path("added_tokens")) {
            specials.put(token.path("content").asString(), token.path("id").asInt());
        }
        return Map.copyOf(specials);
    }

    private static int padId(ObjectNode json, Map<String, Integer> specials) {
        for (String name : List.of("[PAD]", "<pad>", "<|endoftext|>", "</s>", "<|end_of_text|>")) {
            Integer id = specials.get(name);
            if (id != null) {
                return id;
            }
        }
        JsonNode vocabulary = json.path("model").path("vocab");
        if (vocabulary.path("[PAD]").isIntegralNumber()) {
            return vocabulary.path("[PAD]").asInt();
        }
        return 0; // masked away in any case: some decoders' tokenizers have no token for it
    }

    /** The token of the greatest id: of the added ones, or of the model's vocabulary. */
    private static Token last(ObjectNode json, Map<String, Integer> specials) {
        Token last = NONE;
        for (var added : specials.entrySet()) {
            last = greater(last, added.getKey(), added.getValue());
        }
        JsonNode vocabulary = json.path("model").path("vocab");
        for (var entry : vocabulary.properties()) {
            last = greater(last, entry.getKey(), entry.getValue().asInt());
        }
        if (vocabulary.isArray() && !vocabulary.isEmpty()) { // Unigram: pairs of a piece and its score
            int id = vocabulary.size() - 1;
            last = greater(last, vocabulary.path(id).path(0).asString(), id);
        }
        return last;
    }

    private static Token greater(Token last, String text, int id) {
        return id > last.id() ? new Token(text, id) : last;
    }

    /** The token that hides a word; null where there is none. */
    public @Nullable Token mask() {
        return Stream.of("[MASK]", "<mask>")
                .filter(specials::containsKey)
                .map(text -> new Token(text, specials.getOrDefault(text, -1)))
                .findFirst()
                .orElse(null);
    }

    /**
     * Whether a token is a part of the word that the one before it is of. Vocabularies of word pieces say so; of others, tokens without a
     * blank between them are, as transformers takes them.
     *
     * @param text code points
     * @param start its first letter there
     * @param end behind its last
     */
    public boolean isInner(String token, int[] text, int start, int end) {
        if (token.equals(unknown.text())) {
            return false;
        }
        return prefix.isEmpty()
                ? start > 0 && text[start - 1] != ' ' && (start == text.length || text[start] != ' ')
                : token.codePointCount(0, token.length()) != end - start;
    }
}
