package org.counterweight.data.text.vocabulary;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.counterweight.config.Configs;
import org.counterweight.data.DataException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * BERT's {@code vocab.txt} (one word piece a line, its number is its id) as the {@code tokenizer.json} that says the same:
 * WordPiece between {@code [CLS]} and {@code [SEP]}. {@code tokenizer_config.json} beside it may say {@code do_lower_case},
 * {@code strip_accents}, {@code tokenize_chinese_chars}, {@code never_split} (words of the vocabulary that stay as they are)
 * and other names of the special tokens.
 */
public final class BertVocabulary {
    private static final List<String> SPECIALS = List.of("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]");

    private BertVocabulary() {}

    /** @param settings what {@code tokenizer_config.json} says; empty where there is none */
    public static ObjectNode read(Path file, ObjectNode settings) {
        ObjectNode json = Configs.JSON.createObjectNode();
        ObjectNode vocabulary = Configs.JSON.createObjectNode();
        try {
            for (String piece : Files.readAllLines(file)) {
                vocabulary.put(piece, vocabulary.size());
            }
        } catch (IOException e) {
            throw new DataException(file + ": cannot be read: " + e.getMessage(), e);
        }
        json.put("version", "1.0");
        var added = new AddedTokens();
        for (String usual : SPECIALS) {
            String token = named(settings, usual);
            if (!vocabulary.has(token)) {
                throw new DataException(file + ": has no line " + token + "; it is no vocabulary of BERT's kind");
            }
            added.special(token, vocabulary.get(token).asInt());
        }
        for (JsonNode word : settings.path("never_split")) {
            if (vocabulary.has(word.asString(""))) {
                added.whole(word.asString(), vocabulary.get(word.asString()).asInt());
            }
        }
        added.beside(file, settings).into(json.putArray("added_tokens"));
        json.putObject("normalizer")
                .put("type", "BertNormalizer")
                .put("clean_text", true)
                .put(
                        "handle_chinese_chars",
                        settings.path("tokenize_chinese_chars").asBoolean(true))
                .put("lowercase", settings.path("do_lower_case").asBoolean(true))
                .set(
                        "strip_accents",
                        settings.path("strip_accents").isBoolean() ? settings.get("strip_accents") : null);
        json.putObject("pre_tokenizer").put("type", "BertPreTokenizer");
        Frame.typed(named(settings, "[CLS]"), named(settings, "[SEP]"))
                .into(
                        json.putObject("post_processor"),
                        token -> vocabulary.path(token).asInt());
        json.putObject("decoder").put("type", "WordPiece").put("prefix", "##").put("cleanup", true);
        json.putObject("model")
                .put("type", "WordPiece")
                .put("unk_token", named(settings, "[UNK]"))
                .put("continuing_subword_prefix", "##")
                .put("max_input_chars_per_word", 100)
                .set("vocab", vocabulary);
        return json;
    }

    /** What the settings call the special token that is usually {@code [CLS]}: {@code cls_token}. */
    private static String named(ObjectNode settings, String usual) {
        JsonNode name = settings.path(usual.substring(1, usual.length() - 1).toLowerCase(Locale.ROOT) + "_token");
        return name.isObject() ? name.path("content").asString(usual) : name.asString(usual);
    }
}
